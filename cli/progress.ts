import { stderrColors as pc } from "./colors.ts";
import { createWarner } from "./findings.ts";
import type { RunEvent } from "../state/events.ts";
import type { Settings } from "../state/settings.ts";

const stderr = process.stderr;

/** Fixed to four characters: .812, 1.00, or a dash where nothing was measured. */
export function formatScore(score: number | null): string {
  if (score === null) return "   -";
  return score >= 0.9995 ? "1.00" : score.toFixed(3).slice(1).padStart(4);
}

export interface ProgressOptions {
  settings: Pick<Settings, "generations" | "budgetRollouts">;
  isStartMade?: boolean;
}

/**
 * Tells a run on stderr: one line a generation, and on a terminal a last line that shows the rollouts as they come in.
 * Gives back what to do with each event.
 */
export function createProgress({ settings, isStartMade = false }: ProgressOptions): (event: RunEvent) => void {
  const live = stderr.isTTY === true;
  let rolledOut = 0;
  let note = "";
  const line = (text: string) => stderr.write(`${live ? "\r\u001b[K" : ""}${text}\n`);
  const warn = createWarner();
  return (event) => {
    if (event.type === "program-inspected" && !(isStartMade && event.of === "start")) warn(event.findings);
    if (event.type === "generation-start") [rolledOut, note] = [0, ""];
    if (event.type === "rollout-end") rolledOut += 1;
    if (event.type === "rollout-end" && live)
      stderr.write(`\r\u001b[K${pc.dim(`generation ${event.generation}: ${rolledOut} rollouts, ${event.suite}`)}`);
    if (event.type === "deficiencies-found") note = describeCategories(event.categories);
    if (event.type === "draft-refused" || event.type === "candidate-blocked" || event.type === "study-warned")
      line(pc.yellow(`  ${event.type.replace("-", " ")}: ${event.message}`));
    if (event.type === "task-held") line(pc.yellow(`  ${event.suite} task ${event.task} ${event.reason}`));
    if (event.type === "verdict") note = `${describeVerdict(event)}  ${pc.dim(note)}`;
    if (event.type === "generation-end") {
      const of = settings.generations === null ? "" : `/${settings.generations}`;
      const spent =
        settings.budgetRollouts === null ? `${event.rollouts}` : `${event.rollouts}/${settings.budgetRollouts}`;
      line(`generation ${event.generation}${of}  validation ${formatScore(event.score)}  rollouts ${spent}  ${note}`);
    }
  };
}

function describeVerdict({ verdict, asked, planned }: Extract<RunEvent, { type: "verdict" }>): string {
  if (planned === 0) return pc.dim(verdict.reason);
  const early = asked < planned ? `, after ${asked} of ${planned}` : "";
  const delta = `${verdict.delta >= 0 ? "+" : ""}${verdict.delta.toFixed(3)}`;
  return verdict.accepted ? pc.green(`accepted ${delta}`) : pc.red(`rejected`) + pc.dim(` (${verdict.reason}${early})`);
}

function describeCategories(categories: Record<string, number>): string {
  const sorted = Object.entries(categories).toSorted(([, a], [, b]) => b - a);
  return sorted
    .slice(0, 3)
    .map(([category, count]) => `${count} ${category.replaceAll("_", " ")}`)
    .join(", ");
}
