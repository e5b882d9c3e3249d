import { readFileSync } from "node:fs";
import { z } from "zod";
import { settingIn } from "../state/bare.ts";
import { SettingsError } from "../state/errors.ts";
import type { Cost } from "../state/task.ts";

/** US dollars a million tokens. */
export const Price = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() });
export type Price = z.infer<typeof Price>;

/** By name of the model. */
export const PriceTable = z.record(z.string(), Price);
export type PriceTable = z.infer<typeof PriceTable>;

/**
 * List prices as their providers published them in August 2025, without discounts for cached input or batches. A default and
 * no more: providers change them, and addresses other than the provider's own may charge others.
 */
const listPrices: PriceTable = {
  "gpt-4o": { input: 2.5, output: 10 },
  "gpt-4o-mini": { input: 0.15, output: 0.6 },
  "gpt-4.1": { input: 2, output: 8 },
  "gpt-4.1-mini": { input: 0.4, output: 1.6 },
  "gpt-4.1-nano": { input: 0.1, output: 0.4 },
  "gpt-5": { input: 1.25, output: 10 },
  "gpt-5-mini": { input: 0.25, output: 2 },
  "gpt-5-nano": { input: 0.05, output: 0.4 },
  o3: { input: 2, output: 8 },
  "o4-mini": { input: 1.1, output: 4.4 },
};

/** The price of a model in a table, of which a dated version such as gpt-4o-2024-08-06 is the model; null where unknown. */
export function priceOf(model: string, table: PriceTable): Price | null {
  const plain = model.replace(/-\d{4}-\d{2}-\d{2}$/, "");
  for (const name of [model, plain]) if (Object.hasOwn(table, name)) return table[name] as Price;
  return null;
}

/** US dollars of so many tokens; 0 where the price is unknown, which the model says (`price` is null). */
export function dollarsOf({ inputTokens, outputTokens }: Cost, price: Price | null): number {
  if (price === null) return 0;
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
}

/** The default prices, and over them those of the JSON file that SKILLGRAPH_PRICES names. */
export function pricesIn(environment: Readonly<Record<string, string | undefined>>): PriceTable {
  const file = settingIn(environment, "SKILLGRAPH_PRICES");
  if (file === undefined) return listPrices;
  try {
    return { ...listPrices, ...PriceTable.parse(JSON.parse(readFileSync(file, "utf8"))) };
  } catch (error) {
    throw new SettingsError(
      "SKILLGRAPH_PRICES",
      `The price file ${file} cannot be used: ${problemOf(error)}. Expected {"MODEL": {"input": 0.25, "output": 2}}, in US dollars per million tokens.`,
    );
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  const [issue] = error.issues;
  return `${issue?.path.join(".") || "it"}: ${issue?.message}`;
}
