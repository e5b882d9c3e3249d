import type { EChartsOption } from "echarts";
import { bestWithin } from "../front.ts";
import type { CurvePoint } from "../read-off.ts";
import { groupRows, type RunRow } from "../results.ts";
import { meanAndInterval } from "../interval.ts";
import {
  axisText,
  bandPoint,
  countOf,
  heading,
  ink,
  legendOf,
  lineWithBand,
  looks,
  markedLine,
  renderSvg,
  round,
  valueAxis,
  type ArmLook,
  type BandPoint,
} from "./chart.ts";

interface Context {
  /** What accuracy is measured on, in words. */
  reported: string;
}

const where = "banking10, an agent that overlooks rules of long skills";
const wide = { width: 960, height: 420 };
const narrow = { width: 640, height: 420 };
const left = { left: 66, top: 116, width: 385, height: 244 };
const right = { ...left, left: 546 };

/** The parts of the benchmark by what their arms are called; undefined where one was not run. */
export function dilutionPlots(rows: readonly RunRow[], context: Context): Record<string, string> {
  const arms = groupRows(rows, ({ job }) => job.arm);
  const named = (pattern: RegExp) => new Map([...arms].filter(([arm]) => pattern.test(arm)));
  const [curves, sizes, edits] = [named(/gate/), named(/validation tasks$/), named(/^edits /)];
  return {
    ...(curves.size > 0 && { dilution: curvesPlot(curves, context), "dilution-front": frontPlot(curves, context) }),
    ...(sizes.size > 0 && { "dilution-optimism": optimismPlot(sizes, context) }),
    ...(edits.size > 0 && { "dilution-edits": editsPlot(edits, context) }),
  };
}

type Arms = ReadonlyMap<string, readonly RunRow[]>;

/** Accuracy, and words of the skill, against rollouts. */
function curvesPlot(arms: Arms, { reported }: Context): string {
  const curve = (pick: (point: CurvePoint) => number) => (rows: readonly RunRow[]) =>
    (rows[0]?.job.at ?? []).map((x, index) =>
      bandPoint(
        x,
        rows.flatMap(({ figures }) => figures.points.slice(index, index + 1).map(pick)),
      ),
    );
  const accuracy = curve(({ score }) => score);
  const words = curve((point) => point.words);
  const max = Math.max(...[...arms.values()].flat().map(({ job }) => job.settings.budgetRollouts));
  return twoPanels(arms, {
    title: heading("Long skills cost compliance: with the gate and without", `${where};\n${overSeeds(arms, reported)}`),
    axes: [
      { x: "rollouts (training and validation)", y: "accuracy", max },
      { x: "rollouts (training and validation)", y: "words of the skill", max },
    ],
    lines: (rows, name, look) => [
      ...lineWithBand(accuracy(rows), { name, look, grid: 0, range: [0, 1] }),
      ...lineWithBand(words(rows), { name, look, grid: 1, range: [0, Number.POSITIVE_INFINITY] }),
    ],
  });
}

/** The best accuracy within a length, and the head's way over the run. */
function frontPlot(arms: Arms, { reported }: Context): string {
  const limits = Array.from({ length: 31 }, (_, index) => 20 * index);
  const front = (rows: readonly RunRow[]): BandPoint[] =>
    limits.map((words) =>
      bandPoint(
        words,
        rows.map(({ figures }) => bestWithin(figures.points, words)),
      ),
    );
  return twoPanels(arms, {
    title: heading("Accuracy against length of the skill", `${where};\n${overSeeds(arms, reported)}`),
    axes: [
      { x: "at most so many words", y: "best accuracy of a run's heads" },
      { x: "words of the skill (numbers: rollouts)", y: "accuracy of the head" },
    ],
    lines: (rows, name, look) => [
      ...lineWithBand(front(rows), { name, look, grid: 0, range: [0, 1] }),
      pathOf(rows, name, look),
    ],
  });
}

const told = new Set([300, 1000, 2000, 9000]);

/** Mean accuracy against mean words, in the order of rollouts. */
function pathOf(rows: readonly RunRow[], name: string, look: ArmLook) {
  const mean = (index: number, pick: (point: CurvePoint) => number) =>
    round(meanAndInterval(rows.flatMap(({ figures }) => figures.points.slice(index, index + 1).map(pick))).mean);
  return {
    type: "line" as const,
    name,
    xAxisIndex: 1,
    yAxisIndex: 1,
    silent: true,
    symbol: look.symbol,
    symbolSize: 6,
    itemStyle: { color: look.color },
    lineStyle: { color: look.color, width: 2, type: look.type },
    labelLayout: { hideOverlap: true },
    data: (rows[0]?.job.at ?? []).map((rollouts, index) => ({
      value: [mean(index, ({ words }) => words), mean(index, ({ score }) => score)],
      label: {
        show: told.has(rollouts),
        formatter: String(rollouts),
        position: "bottom" as const,
        color: look.color,
        fontSize: 11,
      },
    })),
  };
}

interface TwoPanels {
  title: ReturnType<typeof heading>;
  /** `max` is the end of the axis of x, where it is known. */
  axes: ReadonlyArray<{ x: string; y: string; max?: number }>;
  lines(rows: readonly RunRow[], name: string, look: ArmLook): NonNullable<EChartsOption["series"]>;
}

function twoPanels(arms: Arms, { title, axes, lines }: TwoPanels): string {
  const option: EChartsOption = {
    title,
    legend: legendOf([...arms.keys()], 70, { isLines: true }),
    grid: [left, right],
    xAxis: axes.map(({ x, max }, gridIndex) => ({
      ...valueAxis(x, false),
      gridIndex,
      min: 0,
      ...(max !== undefined && { max, interval: max / 3 }),
    })),
    yAxis: axes.map(({ y }, gridIndex) => ({ gridIndex, min: 0, ...valueAxis(y, true) })),
    series: [...arms].flatMap(([name, rows], index) => lines(rows, name, looks[index % looks.length] ?? looks[0])),
  };
  return renderSvg(option, wide);
}

/** What the head scores where it was selected, and elsewhere, by the number of validation tasks. */
function optimismPlot(arms: Arms, { reported }: Context): string {
  const groups = [...arms.values()];
  const onValidation = groups.map((rows) => rows.flatMap(({ figures }) => figures.validation ?? []));
  const elsewhere = groups.map((rows) => rows.flatMap(({ figures }) => figures.points.at(-1)?.score ?? []));
  return categories({
    title: heading(
      "Validation optimism against validation size",
      `${where}; 5,000 rollouts;\n${overSeeds(arms, reported)}`,
    ),
    names: groups.map((rows) => String(rows[0]?.figures.validationTasks)),
    x: "validation tasks the gate uses",
    lines: { "on the validation tasks": onValidation, [`on ${reported}`]: elsewhere },
  });
}

function editsPlot(arms: Arms, { reported }: Context): string {
  const groups = [...arms.values()];
  return categories({
    title: heading("Edits per step", `${where}; 5,000 rollouts;\n${overSeeds(arms, reported)}`),
    names: groups.map((rows) => String(rows[0]?.job.settings.edits)),
    x: "most edits in one candidate",
    lines: {
      [`on ${reported}`]: groups.map((rows) => rows.flatMap(({ figures }) => figures.points.at(-1)?.score ?? [])),
    },
  });
}

interface Categories {
  title: ReturnType<typeof heading>;
  names: string[];
  x: string;
  /** By name, the values of each category. */
  lines: Readonly<Record<string, ReadonlyArray<readonly number[]>>>;
}

function categories({ title, names, x, lines }: Categories): string {
  const option: EChartsOption = {
    title,
    legend: legendOf(Object.keys(lines), 70),
    grid: { left: 66, right: 40, top: 112, bottom: 56 },
    xAxis: {
      ...valueAxis(x, false),
      min: -1,
      max: names.length,
      interval: 1,
      axisLabel: { ...axisText, formatter: (place: number) => names[place] ?? "" },
      splitLine: { show: false },
    },
    yAxis: { ...valueAxis("accuracy", true), scale: true, axisLabel: { ...axisText, color: ink } },
    series: Object.entries(lines).flatMap(([name, values], index) =>
      markedLine(
        values.map((each) => meanAndInterval(each)),
        { name, look: looks[index % looks.length] ?? looks[0], index },
      ),
    ),
  };
  return renderSvg(option, narrow);
}

function overSeeds(arms: Arms, reported: string): string {
  const seeds = new Set([...arms.values()].flatMap((rows) => rows.map(({ job }) => job.settings.seed))).size;
  return `accuracy on ${reported}; mean and 95 % interval over ${countOf(seeds, "seed")}`;
}
