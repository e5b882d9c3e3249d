import { shorten } from "../../skills/shorten.ts";
import type { Cell, HeatMap } from "./heat-map.ts";
import { showUnseen } from "../../skills/unseen.ts";
import { markup, type Markup } from "./markup.ts";
import { folded, table, type Artist } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { counted, grouped, scoreText } from "../words.ts";

/** Which tasks were solved when, and which nobody asked. */
export function tasksSection({ maps }: RunReport, artist: Artist): Markup {
  return markup`<h3>Validation tasks: the candidate of each generation</h3>
    <p class="note">
      A race ends as soon as the candidate can no longer win, so many tasks are not evaluated for a candidate that was
      rejected.
    </p>
    ${mapOf(maps.validation, "validation", artist)}
    <h3>Train tasks: the parent of each generation, on its batch</h3>
    ${mapOf(maps.train, "train", artist)}`;
}

function mapOf(map: HeatMap, suite: string, artist: Artist): Markup {
  const { columns, generations, rows, tasks } = map;
  if (rows.length === 0) return markup`<p>No ${suite} task is evaluated yet.</p>`;
  const measured = columns.filter((column) => column > 0).length;
  const capped = [
    ...(measured < generations
      ? [
          `${measured} of ${counted(generations, "generation")}: the first, the last, those with an accepted candidate, and others evenly between`,
        ]
      : []),
    ...(rows.length < tasks
      ? [`${rows.length} of ${counted(tasks, "task")}: those evaluated most often, the hardest first`]
      : []),
  ];
  const heads = columns.map(columnName);
  return markup`${capped.length === 0 ? "" : markup`<p class="note"><strong>Not all is shown.</strong> ${capped.map((text) => `${text}. `)}</p>`}
    ${picture(map, suite, artist)}
    <ul class="legend">
      <li><span class="cell s4"></span>right (1)</li>
      <li><span class="cell s3"></span><span class="cell s2"></span><span class="cell s1"></span>between</li>
      <li><span class="cell s0"></span>wrong (0)</li>
      <li><span class="cell missing"></span>missing: the answer failed</li>
      <li><span class="cell none"></span>not evaluated</li>
    </ul>
    ${folded(
      "This map as a table",
      markup`<p class="note">
          A score, “missing” where the answer failed, or a dash where the task was not evaluated in that generation.
        </p>
        ${table({
          caption: `Scores of ${grouped(rows.length)} ${suite} tasks by generation`,
          columns: ["task", "its text", ...heads],
          figures: heads.map((_, place) => place + 2),
          rows: rows.map(({ task, input, cells }) => [shorten(task, 60), input, ...cells.map(cellText)]),
        })}`,
    )}`;
}

const columnName = (column: number) => (column === 0 ? "start" : String(column));

function cellText(cell: Cell): string {
  if (cell === "not evaluated") return "–";
  return typeof cell === "number" ? (cell === 0 ? "0" : cell === 1 ? "1" : scoreText(cell)) : cell;
}

function colorOf(cell: Cell): string {
  if (typeof cell === "string") return "var(--missing)";
  if (cell === 0) return "var(--s0)";
  if (cell === 1) return "var(--s4)";
  return `var(--s${1 + Math.min(2, Math.floor(cell * 3))})`;
}

function picture({ columns, rows }: HeatMap, suite: string, { plot, draw }: Artist): Markup {
  const isNamed = rows.length <= 40;
  const cells = rows.flatMap(({ cells: row }, y) =>
    row.flatMap((cell, place) => (cell === "not evaluated" ? [] : [{ x: columns[place], y, fill: colorOf(cell) }])),
  );
  const left = isNamed ? 150 : 24;
  const cellWidth = Math.min(40, Math.max(12, (900 - left - 10) / columns.length));
  const step = Math.ceil(columns.length / 20);
  const ticks = columns.filter((_, place) => place % step === 0);
  return draw(
    {
      width: Math.round(left + 10 + cellWidth * columns.length),
      height: 50 + rows.length * (isNamed ? 16 : 7),
      marginLeft: left,
      marginRight: 10,
      marginTop: 8,
      marginBottom: 40,
      padding: 0,
      x: {
        type: "band",
        domain: columns,
        label: "generation",
        labelAnchor: "center",
        ticks,
        tickFormat: columnName,
        tickSize: 0,
        labelArrow: "none",
      },
      y: {
        type: "band",
        domain: rows.map((_, y) => y),
        label: isNamed ? null : "tasks, the hardest at the top",
        ticks: isNamed ? rows.map((_, y) => y) : [],
        tickFormat: (y: number) => shorten(showUnseen(rows[y]?.task ?? ""), 20),
        tickSize: 0,
        labelArrow: "none",
      },
      marks: [
        plot.frame({ fill: "var(--none)", stroke: "var(--rule)" }),
        plot.cell(cells, { x: "x", y: "y", fill: "fill", inset: 0.5 }),
      ],
      color: { type: "identity" },
    },
    `Results of ${counted(rows.length, `${suite} task`)} in ${counted(columns.length, "generation")}; the table below shows the same data.`,
  );
}
