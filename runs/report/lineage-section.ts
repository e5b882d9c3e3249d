import type { FamilyRun } from "./family.ts";
import { markup, type Markup } from "./markup.ts";
import { generationAxis, table, type Artist } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { counted, scoreText } from "../words.ts";

/** A run as a lane: where it leaves its parent's, and where it stands. */
interface Lane extends FamilyRun {
  lane: number;
  from: { generation: number; lane: number };
}

/** The runs that this one shares its past with. */
export function lineageSection({ family, result }: RunReport, artist: Artist): Markup {
  const { runs, left } = family;
  if (runs.length <= 1) return markup`<p>This run is not a branch and has no branches.</p>`;
  const more =
    left === 0
      ? ""
      : markup`<p class="note">${counted(left, "more run")} of this family ${left === 1 ? "is" : "are"} not shown.</p>`;
  const rows = runs.map(({ run, depth, parent, status, generations, best }) => [
    markup`${"\u2003".repeat(depth)}${run === result.run ? markup`<strong>${run}</strong> (this run)` : run}`,
    parent === null ? "–" : `${parent.run}, generation ${parent.generation}`,
    status,
    generations,
    scoreText(best),
  ]);
  return markup`${picture(lanesOf(runs), result.run, artist)}
  ${table({ caption: "Runs of this family", columns: ["run", "branched from", "status", "generations", "best validation score"], figures: [3, 4], rows })}${more}`;
}

function lanesOf(runs: readonly FamilyRun[]): Lane[] {
  const laneOf = new Map(runs.map(({ run }, lane) => [run, lane]));
  return runs.map((run, lane) => {
    const { parent } = run;
    const from = parent === null ? undefined : laneOf.get(parent.run);
    return { ...run, lane, from: { generation: parent?.generation ?? 0, lane: from ?? lane } };
  });
}

function picture(lanes: readonly Lane[], own: string, { plot, draw }: Artist): Markup {
  const last = Math.max(1, ...lanes.map(({ generations }) => generations));
  const color = ({ run }: Lane) => (run === own ? "var(--accent)" : "var(--muted)");
  const label = ({ run, best }: Lane) => `${run}  ${scoreText(best)}`;
  const lane = { stroke: color, strokeWidth: 3, strokeLinecap: "round" as const };
  const name = { x: "generations", y: "lane", text: label, dx: 12, textAnchor: "start" as const, fill: "var(--ink)" };
  const start = ({ from }: Lane) => from.generation;
  const forks = lanes.filter(({ parent }) => parent !== null);
  return draw(
    {
      width: 900,
      height: 60 + 36 * lanes.length,
      marginRight: 190,
      marginLeft: 20,
      marginBottom: 40,
      x: generationAxis(last),
      y: { axis: null, domain: [-0.5, lanes.length - 0.5], reverse: true },
      marks: [
        plot.ruleY(lanes, { ...lane, y: "lane", x1: start, x2: "generations" }),
        plot.ruleX(forks, { ...lane, strokeWidth: 2, x: start, y1: ({ from }: Lane) => from.lane, y2: "lane" }),
        plot.dot(forks, { x: start, y: ({ from }: Lane) => from.lane, r: 4, fill: color, stroke: "var(--card)" }),
        plot.dot(lanes, { x: "generations", y: "lane", r: 6, fill: color, stroke: "var(--card)" }),
        plot.text(lanes, { ...name, filter: ({ run }: Lane) => run !== own }),
        plot.text(lanes, { ...name, filter: ({ run }: Lane) => run === own, fontWeight: 700 }),
      ],
    },
    `${counted(lanes.length, "run")} of one family over their generations, each branch starting at its branch point; the table below shows the same data.`,
  );
}
