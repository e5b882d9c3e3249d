import type { Edit } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import type { Reach } from "./case-text.ts";
import { clip } from "./ladder.ts";

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
      ];
      return quote(`deficiency ${index + 1}`, clip(lines.join("\n"), limits));
    })
    .join("\n");
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
