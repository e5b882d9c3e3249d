import type { GenerationRecord } from "../../state/evidence.ts";
import { startScoreOf } from "../../state/start-score.ts";
import { scoredMean, type ScoredMean } from "../../policies/inference/score-interval.ts";
import { markup, type Markup } from "./markup.ts";
import { generationAxis, folded, table, type Artist } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { counted, grouped, outcomeOf, scoreText, trustText, type Outcome } from "../words.ts";

/** The head after a generation; generation 0 is the program the run started from. */
interface Point extends ScoredMean {
  generation: number;
  outcome: Outcome | "start";
}

const width = 900;

/** The validation score of the head over the generations, with intervals, verdicts and the looks at the test split. */
export function scoreSection(report: RunReport, artist: Artist): Markup {
  const { timeline, test, bestGeneration, gateTasks } = report;
  const points = pointsOf(timeline, gateTasks);
  const looks = [
    ...(test.start === null ? [] : [{ ...test.start, generation: 0, of: "start" }]),
    ...(test.best === null || bestGeneration === 0 ? [] : [{ ...test.best, generation: bestGeneration, of: "best" }]),
  ];
  if (points.length === 0)
    return report.result.episodes === null
      ? markup`<p>No scores yet.</p>`
      : markup`<p>Nothing is measured on validation tasks while skills are tuned on single train tasks: see Episodes.</p>`;
  const tested = looks.map((look) => [`test split, ${look.of}`, look.generation, "–", meanText(look)]);
  return markup`${picture(report, artist, { points, looks })}
    <ul class="legend">
      <li><span class="key line"></span>validation score of the head, with 95 % interval</li>
      <li><span class="key accepted">●</span>accepted</li>
      <li><span class="key rejected">✕</span>rejected</li>
      <li><span class="key undecided">○</span>undecided or inconclusive</li>
      ${looks.length === 0 ? "" : markup`<li><span class="key test">◆</span>test split, which selects nothing</li>`}
    </ul>
    ${report.result.trust === null ? "" : markup`<p>The best skill is ${trustText(report.result.trust)}.</p>`}
    <p class="note">
      Each point is the mean over ${measuredOn(report)}, without those that have no result. An interval says how far the mean over all
      tasks like these may lie from it (Wilson, 95 %); it does not know that the best of many candidates was chosen on
      these very tasks, so trust the test split more.
    </p>
    ${folded(
      "Scores as a table",
      table({
        caption: "Score of the head after each generation",
        columns: ["split", "generation", "verdict", "score (95 % interval)"],
        figures: [1, 3],
        rows: [...points.map((point) => ["validation", point.generation, point.outcome, meanText(point)]), ...tested],
      }),
    )}`;
}

/** What a point is the mean over. */
function measuredOn({ timeline, gateTasks }: RunReport): string {
  if (timeline.every(({ audit }) => audit === null)) return counted(gateTasks, "validation task");
  return `the validation tasks of the last audit, which are other ones each time and at most ${grouped(gateTasks)}; so points differ also by their tasks`;
}

function pointsOf(timeline: readonly GenerationRecord[], gateTasks: number): Point[] {
  const start = startScoreOf(timeline);
  const tasks = start?.tasks ?? gateTasks - (timeline[0]?.parentMissing ?? 0);
  const first: Point[] = start === null ? [] : [{ ...scoredMean(start.score, tasks), generation: 0, outcome: "start" }];
  const rest = timeline.flatMap((record): Point[] => {
    const { headScore, headTasks, generation } = record;
    if (headScore === null) return [];
    return [{ ...scoredMean(headScore, headTasks), generation, outcome: outcomeOf(record.verdict) }];
  });
  return [...first, ...rest];
}

type Look = ScoredMean & { generation: number };

function picture(
  { timeline, result }: RunReport,
  { plot, draw }: Artist,
  { points, looks }: { points: Point[]; looks: Look[] },
): Markup {
  const all = [...points, ...looks];
  const low = Math.max(0, Math.floor((Math.min(...all.map((point) => point.low)) - 0.06) * 10) / 10);
  const high = Math.min(1, Math.ceil(Math.max(...all.map((point) => point.high)) * 10) / 10);
  const last = Math.max(1, timeline.length);
  const of = (outcome: Outcome) => points.filter((point) => point.outcome === outcome);
  const few = points.length <= 120;
  const rug = { frameAnchor: "bottom" as const, x: "generation", dy: -9, r: few ? 3.5 : 2 };
  const shifted = { x: "generation", dx: 5 };
  const line = { x: "generation", curve: "step-after" as const };
  const alt = `Validation score of the head from ${scoreText(result.score.validation.start)} at the start to ${scoreText(result.score.validation.best)} after ${counted(timeline.length, "generation")}; the table below lists the values.`;
  return draw(
    {
      width,
      height: 360,
      marginTop: 28,
      marginLeft: 48,
      marginBottom: 40,
      x: generationAxis(last),
      y: { domain: [low, high], label: "score", grid: true, ticks: 6, labelArrow: "none" },
      marks: [
        plot.areaY(points, { ...line, y1: "low", y2: "high", fill: "var(--accent)", fillOpacity: 0.16 }),
        plot.lineY(points, { ...line, y: "mean", stroke: "var(--accent)", strokeWidth: 2.25 }),
        plot.dot(of("rejected"), { ...rug, symbol: "times", stroke: "var(--bad)", strokeWidth: few ? 1.8 : 1 }),
        plot.dot([...of("undecided"), ...of("inconclusive")], { ...rug, stroke: "var(--muted)" }),
        plot.dot(of("accepted"), {
          x: "generation",
          y: "mean",
          r: few ? 5 : 3.5,
          fill: "var(--good)",
          stroke: "var(--card)",
        }),
        plot.ruleX(looks, { ...shifted, y1: "low", y2: "high", stroke: "var(--test)", strokeWidth: 2 }),
        plot.dot(looks, { ...shifted, y: "mean", symbol: "diamond", r: 6, fill: "var(--test)", stroke: "var(--card)" }),
      ],
    },
    alt,
  );
}

/** .812 (.730 to .874) */
function meanText(scored: ScoredMean | null): string {
  if (scored === null) return "–";
  return `${scoreText(scored.mean)} (${scoreText(scored.low)} to ${scoreText(scored.high)})`;
}
