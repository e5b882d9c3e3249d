import type { z } from "zod";
import { StoreError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";

/** What was given, by the schema of answers. Throws an error of the call where it is none. */
export function fitting<Answer>(value: unknown, schema: z.ZodType<Answer>): Answer {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? "it" : path.join(".")}: ${message}`,
  );
  throw new Error(`The answer has the wrong shape (${wrong.slice(0, 3).join("; ")}).`, { cause: parsed.error });
}

/** An answer as it was stored. */
export function parseAnswer<Answer>(text: string, schema: z.ZodType<Answer>, hash: Hash): Answer {
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new StoreError(
    `Answer ${hash} in the ledger has an unexpected format: ${parsed.error.issues[0]?.message}. It was stored by another version; give the agent a new fingerprint to ask again.`,
    { cause: parsed.error },
  );
}
