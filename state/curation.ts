import { z } from "zod";

/**
 * A call of a curator, as it was made: `insert` a skill, `update` its name, description or body, or `delete` it (SkillOS, arXiv 2605.06614
 * [S]). What a call leaves as it is is null. Nothing in it is checked.
 */
export const CuratorCall = z.strictObject({
  tool: z.enum(["insert", "update", "delete"]),
  name: z.string(),
  newName: z.string().nullable(),
  description: z.string().nullable(),
  body: z.string().nullable(),
});
export type CuratorCall = z.infer<typeof CuratorCall>;

/** A call, and why it was not done; null where it was. */
export const JudgedCall = z.strictObject({ call: CuratorCall, problem: z.string().nullable() });
export type JudgedCall = z.infer<typeof JudgedCall>;

/**
 * What a curator did in a generation: its calls in order, how good what they wrote was judged to be, in 0..1, null where nobody judged it, and
 * the tokens of the rollouts it was shown. A payload.
 */
export const CurationLog = z.strictObject({
  calls: z.array(JudgedCall),
  content: z.number().min(0).max(1).nullable(),
  read: z.int().nonnegative(),
});
export type CurationLog = z.infer<typeof CurationLog>;

/**
 * The reward of a curator in its parts, each in 0..1: success on later tasks, the share of valid calls, the quality of what was written, and how
 * short the library is relative to what was read. Null where not known. `total` is their weighted sum, in which a part that is not
 * known counts nothing; null without `task`.
 */
export const CurationReward = z.strictObject({
  task: z.number().nullable(),
  calls: z.number().nullable(),
  content: z.number().nullable(),
  compression: z.number().nullable(),
  total: z.number().nullable(),
});
export type CurationReward = z.infer<typeof CurationReward>;

/**
 * The curation of a generation: how many calls were made and how many were valid, the tokens that were read, its reward, with `task` from the later tasks of its group
 * that judged it, and, where it is the last one of its stream, the reward of the whole stream.
 */
export const CurationRecord = z.strictObject({
  calls: z.strictObject({ made: z.int().nonnegative(), valid: z.int().nonnegative() }),
  read: z.int().nonnegative(),
  reward: CurationReward,
  stream: CurationReward.nullable(),
});
export type CurationRecord = z.infer<typeof CurationRecord>;
