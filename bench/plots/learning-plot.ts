import type { EChartsOption } from "echarts";
import type { RunRow } from "../results.ts";
import {
  axisText,
  bandPoint,
  countOf,
  faint,
  heading,
  ink,
  legendOf,
  lineWithBand,
  looks,
  renderSvg,
  rule,
} from "./chart.ts";

const size = { width: 980, height: 596 };
const columns = 4;
const panel = { left: 58, top: 124, width: 190, height: 178, across: 232, down: 244 };

/** Learning curves of all sets, one small panel each, with the required accuracy as a line. */
export function learningPlot(
  rows: readonly RunRow[],
  { required, reported }: { required: ReadonlyMap<string, number>; reported: string },
): string {
  const sets = [...required.keys()].filter((set) => rows.some(({ job }) => job.set === set));
  const arms = [...new Set(rows.map(({ job }) => job.arm))];
  const places = sets.map((_, index) => ({
    left: panel.left + (index % columns) * panel.across,
    top: panel.top + Math.floor(index / columns) * panel.down,
  }));
  const seeds = new Set(rows.map(({ job }) => job.settings.seed)).size;
  const subtext = `accuracy on ${reported} against rollouts, training and validation; mean and 95 % interval over ${countOf(seeds, "seed")}; thin line: required`;
  const option: EChartsOption = {
    title: [
      heading("Learning curves on eight task sets", subtext),
      ...sets.map((set, index) => ({
        text: `${set}, required ${required.get(set)}`,
        left: (places[index]?.left ?? 0) + panel.width / 2,
        top: (places[index]?.top ?? 0) - 24,
        textAlign: "center" as const,
        textStyle: { fontSize: 12, color: ink },
      })),
    ],
    legend: legendOf(arms, 62, { isLines: true }),
    grid: places.map((place) => ({ ...place, width: panel.width, height: panel.height })),
    xAxis: sets.map((set, index) => xAxis(index, Math.max(...rows.filter(({ job }) => job.set === set).map(budgetOf)))),
    yAxis: sets.map((_, index) => yAxis(index)),
    series: sets.flatMap((set, grid) => [
      ...arms.flatMap((arm, index) => {
        const own = rows.filter(({ job }) => job.set === set && job.arm === arm);
        const look = looks[index % looks.length] ?? looks[0];
        return lineWithBand(pointsOf(own), { name: arm, look, grid, range: [0, 1] });
      }),
      requiredLine(required.get(set) ?? 0, grid),
    ]),
  };
  return renderSvg(option, size);
}

const budgetOf = ({ job }: RunRow) => job.settings.budgetRollouts;

function pointsOf(rows: readonly RunRow[]) {
  return (rows[0]?.job.at ?? []).map((x, index) =>
    bandPoint(
      x,
      rows.flatMap(({ figures }) => figures.points[index]?.score ?? []),
    ),
  );
}

function xAxis(gridIndex: number, max: number) {
  return {
    gridIndex,
    type: "value" as const,
    min: 0,
    max,
    interval: max / 2,
    name: "rollouts",
    nameLocation: "middle" as const,
    nameGap: 24,
    nameTextStyle: { ...axisText, color: faint },
    axisLabel: axisText,
    axisLine: { lineStyle: { color: faint } },
    splitLine: { show: false },
  };
}

function yAxis(gridIndex: number) {
  return {
    gridIndex,
    type: "value" as const,
    min: 0,
    max: 1,
    interval: 0.25,
    name: gridIndex % columns === 0 ? "accuracy" : "",
    nameLocation: "middle" as const,
    nameGap: 38,
    nameTextStyle: { ...axisText, color: faint },
    axisLabel: { ...axisText, formatter: (value: number) => value.toFixed(2) },
    splitLine: { lineStyle: { color: rule } },
  };
}

function requiredLine(required: number, grid: number) {
  return {
    type: "line" as const,
    xAxisIndex: grid,
    yAxisIndex: grid,
    data: [],
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: ink, type: [2, 3], width: 1 },
      label: { show: false },
      data: [{ yAxis: required }],
    },
  };
}
