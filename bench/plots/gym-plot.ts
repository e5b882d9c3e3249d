import type { EChartsOption, SeriesOption } from "echarts";
import { meanAndInterval } from "../interval.ts";
import type { Worth } from "../gym/worlds.ts";
import {
  axisText,
  bars,
  countOf,
  faint,
  heading,
  ink,
  intervals,
  legendOf,
  looks,
  renderSvg,
  round,
  rule,
} from "./chart.ts";

/** The worth of each arm's skill in one world. */
export interface GymRow {
  dilution: number;
  world: number;
  worths: Readonly<Record<string, Worth>>;
}

const shown = [
  { measure: "A", name: "context A, as in training" },
  { measure: "shifted", name: "context B, shifted" },
  { measure: "composition", name: "composition of three and more rules" },
] as const;

const width = 960;
/** Of the panels: the room of an arm, and the least there is. */
const heights = { arm: 36, least: 368, around: 172 };
const margin = 176;
const fills = [1, 0.75, 0.55];

/** True success rate J of each arm, one panel for each dilution. */
export function gymPlot(rows: readonly GymRow[]): string {
  const dilutions = [...new Set(rows.map(({ dilution }) => dilution))];
  const arms = [...new Set(rows.flatMap(({ worths }) => Object.keys(worths)))].toReversed();
  const worthsOf = (arm: string, dilution?: number) =>
    rows
      .filter((row) => dilution === undefined || row.dilution === dilution)
      .flatMap(({ worths }) => worths[arm] ?? []);
  const height = Math.max(heights.least, heights.arm * arms.length);
  const across = 772 / dilutions.length;
  const most =
    Math.ceil(
      10 *
        Math.max(
          ...dilutions.flatMap((dilution) =>
            arms.map((arm) => meanAndInterval(worthsOf(arm, dilution).map(({ A }) => A)).mean || 0),
          ),
        ),
    ) / 10;
  const worlds = new Set(rows.map(({ world }) => world)).size;
  const option: EChartsOption = {
    title: [
      heading(
        "Gym: true success rate J",
        `synthetic worlds whose optimum is known; mean and 95 % interval over ${countOf(worlds, "world")}`,
      ),
      ...dilutions.map((dilution, index) => ({
        text: `dilution ${dilution}`,
        left: margin + index * across,
        top: 92,
        textStyle: { fontSize: 13, color: ink },
      })),
    ],
    legend: legendOf(
      shown.map(({ name }) => name),
      58,
    ),
    grid: dilutions.map((_, index) => ({ left: margin + index * across, top: 118, width: across - 30, height })),
    xAxis: dilutions.map((_, gridIndex) => ({
      gridIndex,
      type: "value" as const,
      min: 0,
      max: most,
      name: "J, chance that a task is done",
      nameLocation: "middle" as const,
      nameGap: 28,
      nameTextStyle: axisText,
      axisLabel: axisText,
      splitLine: { lineStyle: { color: rule } },
    })),
    yAxis: dilutions.map((_, gridIndex) => ({
      gridIndex,
      type: "category" as const,
      data: arms,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: faint } },
      axisLabel: { ...axisText, show: gridIndex === 0, width: 160, overflow: "break" as const },
    })),
    series: dilutions.flatMap((dilution, grid) =>
      shown.flatMap(({ measure, name }, index) => {
        const values = arms.map((arm) => worthsOf(arm, dilution));
        const estimates = values.map((worths) => meanAndInterval(worths.map((worth) => worth[measure])));
        return barsOf(estimates, { name, index, grid });
      }),
    ),
  };
  return renderSvg(option, { width, height: height + heights.around });
}

function barsOf(
  estimates: ReturnType<typeof meanAndInterval>[],
  { name, index, grid }: { name: string; index: number; grid: number },
): SeriesOption[] {
  const place = { xAxisIndex: grid, yAxisIndex: grid, silent: true };
  const gaps = { barGap: "10%", barCategoryGap: "28%" };
  return [
    {
      ...place,
      ...gaps,
      type: "bar",
      name,
      itemStyle: { color: looks[index]?.color ?? ink, opacity: fills[index] ?? 1 },
      data: estimates.map(({ mean }) => round(mean)),
    },
    {
      ...place,
      type: "custom",
      z: 3,
      encode: { x: [1, 2], y: 0 },
      data: intervals(estimates),
      renderItem(_, api) {
        const offset = api.barLayout?.({ ...gaps, count: shown.length })?.[index]?.offsetCenter ?? 0;
        const [low = 0, y = 0] = api.coord([api.value(1), api.value(0)]);
        const [high = 0] = api.coord([api.value(2), api.value(0)]);
        return bars([low, y + offset, high, y + offset], [0, 3], ink);
      },
    },
  ];
}
