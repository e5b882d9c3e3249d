import type { z } from "zod";
import { StateError } from "../state/errors.ts";
import type { GenerationRecord, Verdict } from "../state/evidence.ts";
import { canonicalJson, type Hash, type Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";

/** How a train task of a batch went: how many of its rollouts have a result, and their mean score in 0..1. */
export interface TaskOutcome {
  /** Its index in the train suite. */
  task: string;
  rollouts: number;
  success: number;
  /** Its category, "" for none, where the sampling policy draws by category. */
  category?: string;
}

/** What one rollout of the batch showed about the skills it used. */
export interface SkillEvidence {
  task: string;
  /** The category of the task; "" for none. */
  context: string;
  /** Names of the skills that the agent says it used; all that it saw if it names none. */
  skills: readonly string[];
  /** Names of the skills that it could see. */
  shown: readonly string[];
  success: boolean;
  /** What kind of failure it was; null for a success. */
  mode: string | null;
  tokens: number;
  /** Steps of the agent. */
  turns: number;
  /** The share of its steps that had no effect, in 0..1. */
  idle: number;
}

/** The skills that the batch was run with, each with the hash of its folder, and its rollouts that have a result, each sample of a task by itself. */
export interface Observed {
  skills: Readonly<Record<string, Hash>>;
  rollouts: readonly SkillEvidence[];
}

export const nothingObserved: Observed = { skills: {}, rollouts: [] };

/** The mode of a failure that no analyzer explained: Bayesian-Agent's automatic label [C]. */
export const unexplained = "unclassified_failure";

/** What policies learn from: the record of a generation, and what it does not hold. */
export interface Learned extends GenerationRecord {
  /** The tasks of the batch that have a result. */
  outcomes: readonly TaskOutcome[];
  /** What the batch shows of the skills, where the drafting policy or the model card `observes`. */
  observed?: Observed;
  /** The skills of the head, each with the hash of its folder, where the drafting policy `ablates`. */
  library?: Readonly<Record<string, Hash>>;
  /** Its candidates in the order of the proposer, and what the trial said of each; null where the guard kept it out, or the budget ended before it. */
  candidates: ReadonlyArray<{ program: Hash; verdict: Verdict | null }>;
  /** Number of edits in the candidates that were accepted. */
  acceptedEdits: number;
}

/** What a policy remembers between generations: plain JSON, checked by its schema, bounded in bytes. */
export interface Memory {
  readonly schema: z.ZodType;
  readonly start: Json;
  readonly maxBytes: number;
  /** Called once per generation by the archivist, with all a policy may learn from. */
  learn(memory: Json, record: Learned, settings: Settings): Json;
}

/** A memory as a table, for people: the report and `show` have it. */
export interface MemoryTable {
  title: string;
  columns: readonly string[];
  /** How many of the first columns are texts; the others are figures. */
  texts: number;
  rows: ReadonlyArray<ReadonlyArray<string | number>>;
}

/** A pure decision with a name and a version; both belong to the version of the graph that uses it. */
export interface Policy {
  readonly name: string;
  readonly version: number;
  readonly memory?: Memory;
  /** What it remembers, for people. */
  describe?(memory: Json): MemoryTable;
}

type Memories = Readonly<Record<string, Json>>;

/** What the policy remembers, or where it starts; null for a policy without memory. */
export function recall(policy: Policy, memories: Memories): Json {
  return memories[policy.name] ?? policy.memory?.start ?? null;
}

/** All memories after a generation. Refuses one that outgrew its cap, naming the policy. */
export function learnAll(
  policies: readonly Policy[],
  memories: Memories,
  record: Learned,
  settings: Settings,
): Record<string, Json> {
  const learned = Object.fromEntries(
    policies.flatMap((policy) => {
      if (policy.memory === undefined) return [];
      const value = policy.memory.learn(recall(policy, memories), record, settings);
      return [[policy.name, checked(policy.name, policy.memory, value)]];
    }),
  );
  return { ...memories, ...learned };
}

function checked(name: string, memory: Memory, value: Json): Json {
  const parsed = memory.schema.safeParse(value);
  if (!parsed.success)
    throw new StateError(`Policy "${name}" learned something its schema refuses: ${parsed.error.message}`);
  const bytes = Buffer.byteLength(canonicalJson(value));
  if (bytes <= memory.maxBytes) return value;
  throw new StateError(`The memory of policy "${name}" is ${bytes} bytes; its cap is ${memory.maxBytes}.`);
}
