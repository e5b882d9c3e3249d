import { z } from "zod";
import { Hash, Json } from "./json.ts";
import { SkillName } from "./program.ts";

/** The splits of a task set. Train may be studied; validation is seen by the validator alone, test by `evaluate`. */
export const SuiteName = z.enum(["train", "validation", "sealed", "test"]);
export type SuiteName = z.infer<typeof SuiteName>;

/** One line of a task file. `expected` goes to the verifier alone; `meta` to neither agent nor analyst. */
export const Task = z.strictObject({
  id: z.string().min(1),
  input: z.string(),
  files: z.record(z.string(), z.string()).optional(),
  expected: Json.optional(),
  meta: z.record(z.string(), Json).optional(),
});
export type Task = z.infer<typeof Task>;

/** A suite, as stored in the payload. */
export const TaskList = z.array(Task);

/** What an agent is asked: a task without `expected` and `meta`. */
export const Question = Task.pick({ id: true, input: true, files: true });
export type Question = z.infer<typeof Question>;

/** The only way from a task to an agent. */
export function questionOf(task: Task): Question {
  return task.files === undefined
    ? { id: task.id, input: task.input }
    : { id: task.id, input: task.input, files: task.files };
}

/** Tokens and US dollars; all zero for the embedded agent. */
export const Cost = z.strictObject({
  inputTokens: z.number().nonnegative(),
  outputTokens: z.number().nonnegative(),
  usd: z.number().nonnegative(),
});
export type Cost = z.infer<typeof Cost>;

export const noCost: Cost = { inputTokens: 0, outputTokens: 0, usd: 0 };

/** One thing an agent did on the way to its answer, such as the rule that fired. */
export const TraceStep = z.object({ event: z.string() }).catchall(Json);
export type TraceStep = z.infer<typeof TraceStep>;

/** `used` names the skills the agent really used. */
export const Answer = z.strictObject({
  text: z.string(),
  used: z.array(SkillName),
  trace: z.array(TraceStep),
  cost: Cost,
});
export type Answer = z.infer<typeof Answer>;

/** `value` in 0..1, higher is better. `feedback` is for the analyst, in words; `detail` for people alone, where the analyst must not read as much. */
export const Score = z.strictObject({
  value: z.number().min(0).max(1),
  objectives: z.record(z.string(), z.number()),
  feedback: z.string(),
  detail: z.string().optional(),
});
export type Score = z.infer<typeof Score>;

/** One answer asked for. A failed one is missing with a reason, never a score of 0. `visible` is what the agent could see. */
export const Rollout = z.strictObject({
  program: Hash,
  visible: z.record(SkillName, Hash),
  suite: SuiteName,
  task: z.string(),
  sample: z.int().nonnegative(),
  answer: Answer.nullable(),
  status: z.enum(["answered", "missing"]),
  reason: z.string().optional(),
});
export type Rollout = z.infer<typeof Rollout>;

/**
 * A scored rollout as stored. `key` is its answer's place in the ledger; `score` is null where the answer is missing. `visible` names the skills
 * that the agent could see, where they were not all of those of the set.
 */
export const RolloutRow = z.strictObject({
  task: z.string(),
  sample: z.int().nonnegative(),
  key: Hash,
  status: z.enum(["answered", "missing"]),
  reason: z.string().optional(),
  visible: z.array(SkillName).optional(),
  /** The share of the agent's steps that had no effect, in 0..1, where the recipe counts them. */
  idle: z.number().min(0).max(1).optional(),
  score: Score.nullable(),
});
export type RolloutRow = z.infer<typeof RolloutRow>;

/** Rollouts of one program on one suite, in the order they were asked for: a payload. `visible` is what any of them could see. */
export const RolloutSet = z.strictObject({
  program: Hash,
  visible: z.record(SkillName, Hash),
  suite: SuiteName,
  rows: z.array(RolloutRow),
  /** Of the answers and of judging them, whether paid now or before. */
  tokens: z.number().nonnegative(),
});
export type RolloutSet = z.infer<typeof RolloutSet>;

/** What an analyst studies: only ever made of tasks that were rolled out, without the detail of scores, and without what is a pattern of right answers. */
export interface ScoredRollout {
  rollout: Rollout;
  question: Question;
  expected: Json | null;
  score: Score | null;
}
