import { z } from "zod";
import { Approval } from "../../state/approval.ts";
import { SettingsError } from "../../state/errors.ts";

const Input = z.strictObject({ run: z.string().optional(), settings: z.record(z.string(), z.unknown()).optional() });

/** What a new thread may be given: a name for its run, and settings. */
export type StudioInput = z.infer<typeof Input>;

/** Reads the input of a thread. What Studio's form sends for a field without a value is dropped. */
export function readInput(given: unknown): StudioInput {
  const filled = Object.entries((given ?? {}) as object).filter(([, value]) => !isEmpty(value));
  const input = Input.safeParse(Object.fromEntries(filled));
  if (input.success) return input.data;
  const keys = filled.map(([key]) => key).join(", ");
  throw new SettingsError(
    "input",
    `The input of a new thread is { run?: name, settings?: { ... } }; this one has the keys ${keys}. ` +
      "Tasks, skill and parts are given to the command skillgraph studio, so that no page in a browser can set them.",
  );
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

const Answer = z.union([Approval, z.record(z.string().regex(/^[0-9a-f]{32}$/), Approval)]);

/** Refuses what is no answer before it is stored with the run. An answer may stand under the id of its interrupt. */
export function checkAnswer(resume: unknown): void {
  if (resume === undefined || Answer.safeParse(resume).success) return;
  throw new SettingsError(
    "resume",
    `${JSON.stringify(resume)} is not an answer to the question of the accept gate. ` +
      "Answer true, false, or { accept: true or false, because: a string of up to 500 characters }.",
  );
}
