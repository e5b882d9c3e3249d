import type { Suites } from "../../state/channels.ts";
import { loadPrompts } from "../../analysts/language-model/prompt.ts";
import { createLeakCheck } from "../../skills/leakage/leaks.ts";
import { TaskList, type Task } from "../../state/task.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Verifier } from "../../verifiers/verifier.ts";

type LeakCheck = ReturnType<typeof createLeakCheck>;

/** The checks of a run's tasks: they are indexed once. */
export interface LeakChecks {
  of(suites: Pick<Suites, "train" | "validation">): Promise<LeakCheck>;
}

/** What a verifier says of its check that a skill must not repeat. */
export type CheckTexts = Pick<Verifier, "expects" | "literals">;

/**
 * Checks against the tasks of train and validation, the texts of the verifier and the prompts of the language-model analyst. Validation tasks are
 * compared with and never quoted.
 */
export function createLeakChecks(payload: Pick<Payload, "json">, verifier: CheckTexts): LeakChecks {
  let known: { key: string; check: Promise<LeakCheck> } | undefined;
  const tasksOf = async ({ hash, size }: Suites["train"]): Promise<Task[]> =>
    size === 0 ? [] : payload.json(hash, TaskList);
  return {
    of({ train, validation }) {
      const key = `${train.hash} ${validation.hash}`;
      if (known?.key !== key) {
        const check = Promise.all([tasksOf(train), tasksOf(validation)]).then(([trained, heldOut]) =>
          createLeakCheck({ train: trained, heldOut, literals: literalsOf(verifier, trained), prompts: promptTexts() }),
        );
        known = { key, check };
      }
      return known.check;
    },
  };
}

function literalsOf({ expects, literals = [] }: CheckTexts, tasks: readonly Task[]): string[] {
  const patterns = expects === "pattern" ? tasks.map(({ expected }) => expected) : [];
  return [...literals, ...patterns.flat().filter((each) => typeof each === "string")];
}

let prompts: string[] | undefined;

/** The prompts as they are in the package, without the gaps. */
function promptTexts(): string[] {
  return (prompts ??= Object.values(loadPrompts()).map(({ variables, render }) =>
    render(Object.fromEntries(variables.map((name) => [name, "\n"]))),
  ));
}
