import { z } from "zod";
import { SettingsError } from "./errors.ts";
import { suggestionFor } from "./suggestion.ts";

/** If more than this share of results is missing, a comparison is not conclusive. */
export const defaultMaxMissing = 0.2;

/** Everything a user may set about how a run searches. Numbers are read from the state, so a branch can change them. */
export const Settings = z.strictObject({
  seed: z.int().nonnegative().default(1).describe("seed of all random draws"),
  generations: z.int().positive().nullable().default(null).describe("stop after this many generations"),
  budgetRollouts: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("stop before this number of rollouts is exceeded, validation included"),
  budgetTokens: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("stop once this many tokens are used, input and output, the analyst's included"),
  patience: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("stop after this many generations without an accepted edit"),
  target: z.number().min(0).max(1).nullable().default(1).describe("stop when the validation score reaches this"),
  sampling: z.enum(["epoch", "minibatch"]).default("epoch").describe("how train tasks are drawn for a generation"),
  batch: z.int().positive().default(60).describe("train tasks rolled out per generation"),
  replay: z.int().positive().default(400).describe("how many of the most recent train rollouts the analyst may replay"),
  edits: z.int().positive().default(4).describe("maximum number of edits in one candidate"),
  acceptance: z
    .enum(["strict", "no-worse", "always"])
    .default("no-worse")
    .describe(
      "how the accept gate decides: strictly better (`strict`); also no worse with fewer tokens or a gain on the replay (`no-worse`); or without measuring (`always`)",
    ),
  approve: z.boolean().default(false).describe("ask a person before a candidate is accepted"),
  validation: z
    .int()
    .positive()
    .nullable()
    .default(100)
    .describe("maximum number of validation tasks the gate uses; null for all"),
  maxMissing: z
    .number()
    .min(0)
    .lt(1)
    .default(defaultMaxMissing)
    .describe(
      "largest share of the validation tasks that may lack a result, of the candidate or the head, for the gate to decide",
    ),
  wave: z.int().positive().default(20).describe("validation tasks rolled out between two decisions of the race"),
  rejected: z.int().positive().max(200).default(24).describe("how many rejected edits are remembered"),
});
export type Settings = z.infer<typeof Settings>;
export type SettingsInput = z.input<typeof Settings>;

/** Where nothing else is sure to end a run. */
const defaultGenerations = 20;

/** Checks settings and fills in defaults. A run bounded by neither generations nor rollouts gets 20 generations. */
export function parseSettings(input: Record<string, unknown>): Settings {
  const unknown = Object.keys(input).find((key) => !Object.hasOwn(Settings.shape, key));
  if (unknown !== undefined) {
    const known = Object.keys(Settings.shape);
    const suggestion = suggestionFor(unknown.toLowerCase(), known);
    throw new SettingsError(
      unknown,
      `There is no setting "${unknown}"${suggestion}. Settings are: ${known.join(", ")}.`,
    );
  }
  const parsed = Settings.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join(".") ?? "";
    throw new SettingsError(path, `Setting "${path}" cannot be ${shown(input[path])}: ${issue?.message}.`);
  }
  const settings = parsed.data;
  const bounded = settings.generations !== null || settings.budgetRollouts !== null;
  return bounded ? settings : { ...settings, generations: defaultGenerations };
}

/** NaN and infinities have no JSON. */
function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
