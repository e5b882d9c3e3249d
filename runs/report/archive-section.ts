import { mainObjective, type Member } from "../../state/archive.ts";
import type { GenerationRecord, Verdict } from "../../state/evidence.ts";
import { startScoreOf } from "../../state/start-score.ts";
import type { Candidate } from "../../state/program.ts";
import { counted, scoreText } from "../words.ts";
import { markup, type Markup } from "./markup.ts";
import { folded, generationAxis, table, type Artist } from "./pictures.ts";
import type { RunReport } from "./report.ts";

/** A program that was kept at some time, with its validation score. */
interface Node {
  program: string;
  generation: number;
  score: number;
  parents: readonly string[];
  standing: "head" | "kept" | "dropped";
}

/** Who came from whom: the programs that the run kept, those that it keeps, and what they score on each objective. */
export function archiveSection(report: RunReport, artist: Artist): Markup {
  const nodes = nodesOf(report);
  if (report.result.episodes !== null)
    return markup`<p>The programs kept are the best of each episode; they have no validation scores.</p>`;
  if (nodes.length <= 1) return markup`<p>No program was kept beside the one the run started from.</p>`;
  return markup`${familyPicture(nodes, report, artist)}
    <ul class="legend">
      <li><span class="key test">◆</span>the head, which the run returns</li>
      <li><span class="key accepted">●</span>kept</li>
      <li><span class="key undecided">○</span>kept once, dropped since</li>
    </ul>
    <p class="note">A line goes from a program to each that was made from it; what was merged has two.</p>
    ${frontPicture(report, artist)}
    ${folded("Programs kept as a table", memberTable(report))}`;
}

function nodesOf({ timeline, members, result }: RunReport): Node[] {
  const kept = new Set(members.map(({ program }) => program));
  const [first] = timeline;
  const begun = startScoreOf(timeline);
  if (first === undefined || begun === null) return [];
  const standingOf = (program: string) =>
    program === result.skill.hash ? "head" : kept.has(program) ? "kept" : "dropped";
  const root = first.parents[0] as string;
  const start: Node = {
    program: root,
    generation: 0,
    score: begun.score,
    parents: [],
    standing: standingOf(root),
  };
  const made = timeline.flatMap((record) =>
    acceptedIn(record).map(({ candidate: { program, parents }, score }): Node => {
      return { program, generation: record.generation, score, parents, standing: standingOf(program) };
    }),
  );
  return [start, ...made];
}

function acceptedIn({ candidate, candidateScore, verdict, others }: GenerationRecord) {
  const all: Array<{ candidate: Candidate | null; score: number | null; verdict: Verdict }> = [
    { candidate, score: candidateScore, verdict },
    ...others,
  ];
  return all.flatMap((one) =>
    one.candidate !== null && one.score !== null && one.verdict.accepted
      ? [{ candidate: one.candidate, score: one.score }]
      : [],
  );
}

const width = 900;

function familyPicture(nodes: readonly Node[], { timeline }: RunReport, { plot, draw }: Artist): Markup {
  const byProgram = new Map(nodes.map((node) => [node.program, node]));
  const lines = nodes.flatMap((node) =>
    node.parents.flatMap((parent) => {
      const from = byProgram.get(parent);
      return from === undefined
        ? []
        : [
            {
              x1: from.generation,
              y1: from.score,
              x2: node.generation,
              y2: node.score,
              isMerge: node.parents.length > 1,
            },
          ];
    }),
  );
  const of = (standing: Node["standing"]) => nodes.filter((node) => node.standing === standing);
  const place = { x: "generation", y: "score" };
  const scores = nodes.map(({ score }) => score);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  return draw(
    {
      width,
      height: 340,
      marginTop: 28,
      marginLeft: 48,
      marginBottom: 40,
      x: generationAxis(Math.max(1, timeline.length)),
      y: {
        domain: [Math.max(0, low - 0.05), Math.min(1, high + 0.05)],
        label: "validation score",
        grid: true,
        ticks: 6,
        labelArrow: "none",
      },
      marks: [
        plot.link(lines, {
          x1: "x1",
          y1: "y1",
          x2: "x2",
          y2: "y2",
          stroke: ({ isMerge }: { isMerge: boolean }) => (isMerge ? "var(--test)" : "var(--muted)"),
          strokeOpacity: 0.7,
        }),
        plot.dot(of("dropped"), { ...place, r: 3.5, stroke: "var(--muted)", fill: "var(--card)" }),
        plot.dot(of("kept"), { ...place, r: 5, fill: "var(--good)", stroke: "var(--card)" }),
        plot.dot(of("head"), { ...place, r: 7, symbol: "diamond", fill: "var(--test)", stroke: "var(--card)" }),
      ],
    },
    `${counted(nodes.length, "program")} that the run kept, by generation and validation score, each with a line from what it was made from; the table below has those that are kept now.`,
  );
}

/** Members by their scores on the main objective and the one that differs most among them; nothing where there is one alone. */
function frontPicture({ members, result }: RunReport, { plot, draw }: Artist): Markup {
  const other = otherObjective(members);
  if (other === undefined) return markup``;
  const points = members.flatMap(({ program, means }) => {
    const [x, y] = [means[other] ?? null, means[mainObjective] ?? null];
    return x === null || y === null ? [] : [{ x, y, isHead: program === result.skill.hash }];
  });
  return draw(
    {
      width,
      height: 320,
      marginTop: 28,
      marginLeft: 48,
      marginBottom: 44,
      x: { label: other, labelAnchor: "center", labelArrow: "none", grid: true, ticks: 8 },
      y: { label: "validation score", labelArrow: "none", grid: true, ticks: 6 },
      marks: [
        plot.dot(
          points.filter(({ isHead }) => !isHead),
          { x: "x", y: "y", r: 5, fill: "var(--good)", stroke: "var(--card)" },
        ),
        plot.dot(
          points.filter(({ isHead }) => isHead),
          {
            x: "x",
            y: "y",
            r: 7,
            symbol: "diamond",
            fill: "var(--test)",
            stroke: "var(--card)",
          },
        ),
      ],
    },
    `${counted(points.length, "program")} kept, by ${other} and validation score, both better to the upper right; the table below has the figures.`,
  );
}

function otherObjective(members: readonly Member[]): string | undefined {
  const spread = (objective: string) => {
    const values = members.flatMap(({ means }) => means[objective] ?? []);
    return values.length < 2 ? 0 : Math.max(...values) - Math.min(...values);
  };
  const [widest] = objectivesOf(members).toSorted((a, b) => spread(b) - spread(a));
  return widest !== undefined && spread(widest) > 0 ? widest : undefined;
}

function objectivesOf(members: readonly Member[]): string[] {
  const all = new Set(members.flatMap(({ means }) => Object.keys(means)));
  return [...all].filter((objective) => objective !== mainObjective).toSorted();
}

function memberTable({ members, result }: RunReport): Markup {
  const objectives = [mainObjective, ...objectivesOf(members)];
  const short = (program: string) => program.slice(0, 12);
  const rows = members
    .toSorted((a, b) => (b.means[mainObjective] ?? 0) - (a.means[mainObjective] ?? 0))
    .map(({ program, generation, parents, means }) => [
      markup`<code>${short(program)}</code>${program === result.skill.hash ? " (head)" : ""}`,
      generation,
      parents.length === 0 ? "–" : parents.map(short).join(", "),
      ...objectives.map((objective) => scoreText(means[objective] ?? null)),
    ]);
  return table({
    caption: "Programs kept, the best first",
    columns: ["program", "generation", "made from", ...objectives],
    figures: [1, ...objectives.map((_, index) => index + 3)],
    rows,
  });
}
