import { z } from "zod";
import type { GenerationRecord } from "../../state/evidence.ts";
import { Hash, type Json } from "../../state/json.ts";
import type { Finding } from "../../state/program.ts";
import type { Policy } from "../policy.ts";

/** Edits that the guard kept out, and why: what a proposer may read of it. */
const Refusal = z.strictObject({ edits: Hash, reason: z.string() });
type Refusal = z.infer<typeof Refusal>;

/** What a run has tried, over epochs and branches. [R] */
export interface Tried extends Policy {
  /** `programs` are text digests (`skills/leakage/similarity.ts`). */
  decide(memory: Json): { programs: ReadonlySet<string>; refusals: readonly Refusal[] };
}

const most = { programs: 64, refusals: 12 };

const Memory = z.strictObject({ programs: z.array(z.string()), refusals: z.array(Refusal) });

/** Remembers the last 64 programs that were measured to a decision or kept out, and the last 12 refusals of the guard, regardless of acceptances. */
export const triedPrograms: Tried = {
  name: "tried.programs",
  version: 1,
  memory: {
    schema: Memory,
    start: { programs: [], refusals: [] },
    maxBytes: 5_000,
    learn(memory, record) {
      const known = Memory.parse(memory);
      const programs = [...new Set([...known.programs, ...record.tried])].slice(-most.programs);
      const refusals = new Map([...known.refusals, ...refusalsIn(record)].map((each) => [each.edits, each]));
      return { programs, refusals: [...refusals.values()].slice(-most.refusals) };
    },
  },
  decide(memory) {
    const { programs, refusals } = Memory.parse(memory);
    return { programs: new Set(programs), refusals };
  },
};

function refusalsIn({ candidate, keptOut, findings }: GenerationRecord): Refusal[] {
  return [...(candidate === null ? [] : [candidate]), ...keptOut].flatMap(({ program, edits }) => {
    const found = findings.find((each) => each.program === program && each.severity !== "warn");
    return found === undefined ? [] : [{ edits, reason: reasonFor(found) }];
  });
}

const reasons: Readonly<Record<Finding["kind"], string>> = {
  unchanged: "results in a program that was tried before",
  specification: "breaks the Agent Skills specification",
  host: "makes hosts list or keep less of the skill",
  security: "gives the skill an ability that it did not have and that is unsafe",
  gaming: "speaks of how answers are graded instead of how to do the task",
  leakage: "copies a single task, its answer or a check; write the rule behind it",
};

/** The reason without the text of the finding: it may quote what a proposer must not read. */
function reasonFor({ kind, rule }: Finding): string {
  return `${reasons[kind]} (${rule})`;
}
