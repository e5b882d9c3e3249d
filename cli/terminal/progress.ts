import { outcomePaints, stderrColors as pc } from "./colors.ts";
import { createWarner } from "./findings.ts";
import { tellLine } from "./lines.ts";
import type { RunEvent } from "../../state/events.ts";
import type { Settings } from "../../state/settings.ts";
import { outcomeOf, scoreText } from "../../runs/words.ts";

/** Fixed to four characters: .812, 1.00, or a dash where nothing was measured. */
export function formatScore(score: number | null): string {
  return (score === null ? "-" : scoreText(score)).padStart(4);
}

export interface ProgressOptions {
  settings: Pick<Settings, "generations" | "budgetRollouts" | "budgetTokens">;
  isStartMade?: boolean;
}

/** Shows a run on stderr while it works. */
export interface View {
  tell(event: RunEvent): void;
  /** Leaves the terminal as it is to be found; may be called again. */
  close(): void;
}

/** Tells a run in plain lines, one a generation: for a pipe, a log, and terminals without colours. */
export function createProgress(options: ProgressOptions): View {
  const { generations, budgetRollouts } = options.settings;
  const tellOthers = createTelling(options);
  let [note, batch] = ["", 0];
  return {
    tell(event) {
      tellOthers(event);
      if (event.type === "generation-start") [note, batch] = ["", event.tasks];
      if (event.type === "deficiencies-found") note = describeCategories(event.categories);
      if (event.type === "verdict") note = `${paintVerdict(event)}  ${pc.dim(note)}`;
      if (event.type === "generation-end") {
        const of = generations === null ? "" : `/${generations}`;
        const spent = budgetRollouts === null ? `${event.rollouts}` : `${event.rollouts}/${budgetRollouts}`;
        const isAudited = event.standing !== null;
        const what = isAudited && batch === 0 ? "last audit" : `generation ${event.generation}${of}`;
        const tasks = isAudited && event.score !== null ? ` on ${event.tasks}` : "";
        const standing = isAudited ? `  ${event.standing}` : "";
        tellLine(`${what}  validation ${formatScore(event.score)}${tasks}${standing}  rollouts ${spent}  ${note}`);
      }
    },
    close() {},
  };
}

/** Tells what has a line of its own in every view: what is wrong, refused, blocked or held. */
export function createTelling({ isStartMade = false }: ProgressOptions): (event: RunEvent) => void {
  const warn = createWarner();
  return (event) => {
    if (event.type === "program-inspected" && !(isStartMade && event.of === "start")) warn(event.findings);
    if (isTold(event)) tellLine(pc.yellow(`  ${event.type.replace("-", " ")}: ${event.message}`));
    if (event.type === "rollout-warned") tellLine(pc.yellow(`  warning: ${event.message}`));
    if (event.type === "task-held") tellLine(pc.yellow(`  ${event.suite} task ${event.task} ${event.reason}`));
  };
}

const told = ["draft-refused", "candidate-blocked", "candidate-held", "study-warned"] as const;

function isTold(event: RunEvent): event is Extract<RunEvent, { type: (typeof told)[number] }> {
  return (told as readonly string[]).includes(event.type);
}

type ToldVerdict = Pick<Extract<RunEvent, { type: "verdict" }>, "verdict" | "asked" | "planned" | "missing">;

/** A verdict in words: what it is, and why. */
export function describeVerdict({ verdict, asked, planned, missing }: ToldVerdict): { text: string; rest: string } {
  if (planned === 0) return { text: verdict.reason, rest: "" };
  const early = asked < planned ? `, after ${asked} of ${planned}` : "";
  const lacking = missing === 0 ? "" : `${missing} missing`;
  const delta = `${verdict.delta >= 0 ? "+" : ""}${verdict.delta.toFixed(3)}`;
  // An archive keeps programs that do worse than the head.
  const why = [verdict.delta < 0 ? verdict.reason : "", lacking].filter((word) => word !== "").join(", ");
  if (verdict.accepted) return { text: `accepted ${delta}`, rest: why === "" ? "" : `(${why})` };
  // An undecided verdict says itself how many are missing, where that is why.
  const counts = lacking === "" || !verdict.decided ? "" : `, ${lacking}`;
  return { text: outcomeOf(verdict), rest: `(${verdict.reason}${early}${counts})` };
}

function paintVerdict(event: ToldVerdict): string {
  const { text, rest } = describeVerdict(event);
  if (event.planned === 0) return pc.dim(text);
  const paint = outcomePaints(pc)[outcomeOf(event.verdict)];
  return rest === "" ? paint(text) : `${paint(text)} ${pc.dim(rest)}`;
}

export function describeCategories(categories: Record<string, number>): string {
  const sorted = Object.entries(categories).toSorted(([, a], [, b]) => b - a);
  return sorted
    .slice(0, 3)
    .map(([category, count]) => `${count} ${category.replaceAll("_", " ")}`)
    .join(", ");
}
