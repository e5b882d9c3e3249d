import { SettingsError } from "../../state/errors.ts";
import { chunksOf, shuffledTasks, type Drafting } from "../drafting.ts";

/**
 * Parallel batch evolution (Yunjue Agent, tech report and code [P/C]): the failures of the batch in so many groups, for each of which edits are
 * proposed side by side from the same skill, and absorbed into one draft by merging like with like. Default 4 groups [R]; the source
 * measured 2 to 16. Its tools are edits here [R].
 */
export function batchDrafting({ groups = 4 }: { groups?: number } = {}): Drafting {
  if (!(Number.isInteger(groups) && groups >= 2 && groups <= 64))
    throw new SettingsError("groups", `groups is ${groups}; it must be a whole number from 2 to 64.`);
  return {
    name: `drafting.batch ${groups}`,
    version: 1,
    decide({ batch }, _memory, draw) {
      const failed = shuffledTasks(
        batch.filter(({ score }) => score !== null && score < 1),
        draw,
      );
      const chunks = chunksOf(failed, Math.max(1, Math.ceil(failed.length / groups)));
      return {
        kind: "merged",
        groups: chunks.map((tasks) => ({ outcome: "failures", tasks })),
        merging: { kind: "like" },
        rewrites: false,
      };
    },
  };
}
