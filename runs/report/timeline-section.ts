import { shorten } from "../../skills/shorten.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import { markup, type Markup } from "./markup.ts";
import { folded, table } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { counted, grouped, outcomeOf, scoreText, verdictText } from "../words.ts";

/** A longer timeline shows what was accepted and folds the rest. */
const mostOpen = 40;

const columns = ["generation", "verdict", "edits tried", "failures", "validation", "rollouts so far", "skill tokens"];

/** What each generation tried and what came of it, in words. */
export function timelineSection({ timeline }: RunReport): Markup {
  if (timeline.length === 0) return markup`<p>No generation has ended yet.</p>`;
  const accepted = timeline.filter(({ verdict }) => verdict.accepted);
  const all = (caption: string, records: readonly GenerationRecord[]) =>
    table({ caption, columns, figures: [0, 4, 5, 6], sentences: 1, rows: records.map(rowOf) });
  const whole = `All ${counted(timeline.length, "generation")}`;
  if (timeline.length <= mostOpen) return all(whole, timeline);
  const shown = accepted.slice(-mostOpen);
  const left = accepted.length - shown.length;
  return markup`${shown.length === 0 ? markup`<p>Nothing was accepted.</p>` : all(left > 0 ? `The last ${shown.length} of ${accepted.length} accepted generations` : `The ${counted(accepted.length, "accepted generation")}`, shown)}
  ${folded(whole, all(whole, timeline))}`;
}

function rowOf(record: GenerationRecord): Array<Markup | string | number> {
  const { generation, headScore, headTokens, spent } = record;
  const outcome = outcomeOf(record.verdict);
  const mark = { accepted: "●", rejected: "✕", undecided: "○" }[outcome];
  return [
    generation,
    markup`<strong class="${outcome}"><span aria-hidden="true">${mark} </span>${outcome}</strong> ${verdictText(record)}`,
    triedText(record),
    failedText(record),
    scoreText(headScore),
    grouped(spent.rollouts),
    grouped(headTokens),
  ];
}

const wordOf = { block: "blocked", hold: "held", warn: "noted" };

function triedText({ candidate, findings }: GenerationRecord): string {
  if (candidate === null) return "nothing";
  const { operator, target } = candidate.origin;
  const blocked = findings
    .filter(
      ({ program, kind, severity }) =>
        severity !== "warn" || (program === candidate.program && kind !== "specification"),
    )
    .map(({ rule, severity, message }) => `${wordOf[severity]} (${rule}): ${shorten(message, 120)}`);
  const what = [operator.replaceAll("_", " "), ...(target === "" || target === operator ? [] : [target])].join(": ");
  return [shorten(what, 160), ...blocked].join("; ");
}

function failedText({ batch, deficiencies }: GenerationRecord): string {
  const tasks = new Map<string, number>();
  for (const deficiency of deficiencies)
    tasks.set(deficiency.category, (tasks.get(deficiency.category) ?? 0) + deficiency.tasks);
  const worst = [...tasks]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 2)
    .map(([category, count]) => `${shorten(category.replaceAll("_", " "), 40)} (${count})`);
  const missing = batch.missing === 0 ? "" : `, ${batch.missing} missing`;
  const failed = `${batch.failed} of ${counted(batch.tasks, "task")}${missing}`;
  return worst.length === 0 ? failed : `${failed}: ${worst.join(", ")}`;
}
