import type { Edit } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import type { EditBudget } from "../analyst.ts";
import { caseText, sizeOfCase, type Reach } from "./case-text.ts";
import { clip, within } from "./ladder.ts";

/** Deficiencies for a prompt; `numbers` are those of the cases shown, by task. */
export function deficienciesText(
  deficiencies: readonly Deficiency[],
  numbers: ReadonlyMap<string, number>,
  { limits, quote }: Reach,
): string {
  return deficiencies
    .map(({ skill, file, place, defect, category, severity, tasks, plan, extra }, index) => {
      const cases = tasks.map((task) => numbers.get(task)).filter((each) => each !== undefined);
      const lines = [
        `${severity}, ${category}, ${defect} in ${skill}/${file}`,
        `at: ${place ?? "nothing there is about it yet"}`,
        `failures: ${tasks.length}${cases.length === 0 ? "" : `, cases ${cases.join(", ")}`}`,
        ...(typeof extra["evidence"] === "string" ? [`evidence: ${extra["evidence"]}`] : []),
        `plan: ${plan}`,
        ...(extra["needsExamples"] === true ? ["needs an example"] : []),
        ...(extra["needsKnowledge"] === true ? ["needs knowledge: search the references of the skill"] : []),
      ];
      return quote(`deficiency ${index + 1}`, clip(lines.join("\n"), limits));
    })
    .join("\n");
}

interface Evidence {
  deficiencies: readonly Deficiency[];
  failing: readonly ScoredRollout[];
  kept: readonly ScoredRollout[];
  budget: Experience;
}

/** What is known of earlier edits. */
export type Experience = Pick<EditBudget, "rejected" | "guidance">;

/** Edits that were turned down, the newest first, and notes, for a prompt. */
export function experienceTexts({ rejected, guidance }: Experience, { limits, quote }: Reach) {
  const turnedDown = rejected.toReversed().slice(0, limits.entries);
  return {
    rejected: turnedDown.length === 0 ? none : quote("rejected edits", clip(editsText(turnedDown), limits)),
    guidance: guidance === undefined ? none : quote("notes", clip(guidance, limits)),
  };
}

/** What edits are made from, for a prompt: deficiencies, failures, what went well, rejected edits and notes. */
export function evidenceTexts({ deficiencies, failing, kept, budget }: Evidence, reach: Reach) {
  const { limits } = reach;
  const numbers = new Map(failing.map(({ rollout }, index) => [rollout.task, index + 1]));
  const shown = within(failing, limits.cases, sizeOfCase);
  return {
    deficiencies: deficienciesText(deficiencies, numbers, reach),
    cases: listText(shown.map((each) => caseText(`case ${numbers.get(each.rollout.task)}`, each, reach))),
    kept: listText(kept.slice(0, limits.entries).map((each, index) => caseText(`kept ${index + 1}`, each, reach))),
    ...experienceTexts(budget, reach),
  };
}

/** Edits as JSON, one a line. */
export function editsText(edits: readonly Edit[]): string {
  return edits.map((edit) => JSON.stringify(edit)).join("\n");
}

export const none = "(none)";

/** A list for a prompt; "(none)" where it is empty. */
export function listText(entries: readonly string[]): string {
  return entries.length === 0 ? none : entries.join("\n");
}
