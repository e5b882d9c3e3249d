import { meansOfPairs } from "../../policies/lifecycle/contribution.ts";
import { shorten } from "../../skills/shorten.ts";
import type { Ablation, GenerationRecord } from "../../state/evidence.ts";
import { markup, type Markup } from "./markup.ts";
import { folded, table } from "./pictures.ts";
import { episodeText } from "../episodes.ts";
import type { RunReport } from "./report.ts";
import { counted, grouped, meansText, outcomeOf, samplesText, scoreText, verdictText } from "../words.ts";

/** A longer timeline shows what was accepted and folds the rest. */
const mostOpen = 40;

const columns = ["generation", "verdict", "edits tried", "failures", "validation", "rollouts so far", "skill tokens"];

/** Where tasks are run several times. */
const sampleColumn = "samples of a task";

/** What each generation tried and what came of it, in words. */
export function timelineSection({ timeline, operations }: RunReport): Markup {
  const ablations = timeline.flatMap(({ generation, ablations: own }) =>
    own.map((ablation): OfGeneration => ({ generation, ablation })),
  );
  if (timeline.length === 0) return markup`<p>No generation has ended yet.</p>`;
  return markup`${generationsTable(timeline)}
  ${operations.length === 0 ? "" : folded("Operations on files", operationsTable(operations))}
  ${ablations.length === 0 ? "" : folded("Skills left out", ablationsTable(ablations))}`;
}

/** The newest ones, as so many fit a page. */
const mostAblations = 400;

function ablationsTable(all: readonly OfGeneration[]): Markup {
  const rows = all.map(({ generation, ablation }) => [
    generation,
    ablation.skill ?? `together: ${ablation.hidden.join(", ")}`,
    scoreText(meansOfPairs(ablation).with),
    scoreText(meansOfPairs(ablation).without),
    ablation.tasks.length,
  ]);
  const left = rows.length - mostAblations;
  return table({
    caption:
      left > 0
        ? `The last ${mostAblations} of ${grouped(rows.length)}`
        : "Mean scores of validation tasks that show the skill",
    columns: ["generation", "skill", "with it", "without it", "tasks"],
    figures: [0, 2, 3, 4],
    rows: rows.slice(-mostAblations),
  });
}

interface OfGeneration {
  generation: number;
  ablation: Ablation;
}

/** The newest operations, as so many fit a page. */
const mostOperations = 400;

function operationsTable(all: RunReport["operations"]): Markup {
  const rows = all.flatMap(({ generation, operations }) =>
    operations.map(({ operation, path, to, success, message }) => {
      const places = to === null ? path : `${path} to ${to}`;
      return [generation, operation, places, success ? "done" : "failed", message];
    }),
  );
  const left = rows.length - mostOperations;
  return table({
    caption: left > 0 ? `The last ${mostOperations} of ${grouped(rows.length)} operations` : "All operations",
    columns: ["generation", "operation", "path", "outcome", "what came of it"],
    figures: [0],
    rows: rows.slice(-mostOperations),
  });
}

function generationsTable(timeline: readonly GenerationRecord[]): Markup {
  const accepted = timeline.filter(({ verdict }) => verdict.accepted);
  const isSampled = timeline.some(({ samples }) => samples !== null);
  const heads = isSampled ? [...columns, sampleColumn] : columns;
  const cells = (record: GenerationRecord) =>
    isSampled ? [...rowOf(record), samplesText(record.samples) ?? "–"] : rowOf(record);
  const all = (caption: string, records: readonly GenerationRecord[]) =>
    table({ caption, columns: heads, figures: [0, 4, 5, 6], sentences: 1, rows: records.map(cells) });
  const whole = `All ${counted(timeline.length, "generation")}`;
  if (timeline.length <= mostOpen) return all(whole, timeline);
  const shown = accepted.slice(-mostOpen);
  const left = accepted.length - shown.length;
  return markup`${shown.length === 0 ? markup`<p>Nothing was accepted.</p>` : all(left > 0 ? `The last ${shown.length} of ${accepted.length} accepted generations` : `The ${counted(accepted.length, "accepted generation")}`, shown)}
  ${folded(whole, all(whole, timeline))}`;
}

function rowOf(record: GenerationRecord): Array<Markup | string | number> {
  const { generation, headScore, headMeans, headTokens, spent } = record;
  const outcome = outcomeOf(record.verdict);
  const mark = { accepted: "●", rejected: "✕", inconclusive: "◐", undecided: "○" }[outcome];
  return [
    generation,
    markup`<strong class="${outcome}"><span aria-hidden="true">${mark} </span>${outcome}</strong> ${verdictText(record)}`,
    [triedText(record), episodeText(record)].filter((text) => text !== undefined).join("; "),
    failedText(record),
    `${scoreText(headScore)}${meansText(headMeans)}`,
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
  const worst = mostOf(deficiencies, "category").slice(0, 2);
  const defects = mostOf(deficiencies, "defect");
  const missing = batch.missing === 0 ? "" : `, ${batch.missing} missing`;
  const failed = `${batch.failed} of ${counted(batch.tasks, "task")}${missing}`;
  return worst.length === 0 ? failed : `${failed}: ${worst.join(", ")}; the skill: ${defects.join(", ")}`;
}

/** Tasks by category or by defect, most first. */
function mostOf(deficiencies: GenerationRecord["deficiencies"], key: "category" | "defect"): string[] {
  const tasks = new Map<string, number>();
  for (const deficiency of deficiencies)
    tasks.set(deficiency[key], (tasks.get(deficiency[key]) ?? 0) + deficiency.tasks);
  return [...tasks]
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, count]) => `${shorten(name.replaceAll("_", " "), 40)} (${count})`);
}
