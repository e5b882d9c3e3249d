import type { EChartsOption, SeriesOption } from "echarts";
import type { Estimate } from "../interval.ts";
import {
  axisText,
  bars,
  faint,
  heading,
  ink,
  intervals,
  legendOf,
  looks,
  renderSvg,
  round,
  rule,
  type ArmLook,
} from "./chart.ts";

/** Bars from the left, with intervals: some for each arm, in panels beside each other with one scale. */
export interface BarPanels {
  title: string;
  subtitle: string;
  /** Of the scale, which begins at 0 and ends at `most`. */
  axis: string;
  most: number;
  /** Heads of the panels; with one panel it may be empty. */
  panels: readonly string[];
  /** From the top. */
  arms: readonly string[];
  /** Names of the bars of an arm, at most three. */
  bars: readonly string[];
  estimate(at: { arm: string; panel: number; bar: number }): Estimate;
}

const width = 960;
/** Of the panels: the room of an arm, and the least there is. */
const heights = { arm: 36, least: 368, around: 172 };
const fills = [1, 0.75, 0.55];
/** Room for the names of the arms, and for all panels. */
const rooms = { names: 176, panels: 772 };

export function barPanels({ panels, bars: names, axis, most, ...of }: BarPanels): string {
  const arms = of.arms.toReversed();
  const height = Math.max(heights.least, heights.arm * arms.length);
  const across = rooms.panels / panels.length;
  const leftOf = (panel: number) => rooms.names + panel * across;
  const option: EChartsOption = {
    title: [
      heading(of.title, of.subtitle),
      ...panels.map((text, panel) => ({
        text,
        left: leftOf(panel),
        top: 92,
        textStyle: { fontSize: 13, color: ink },
      })),
    ],
    legend: legendOf(names, 58),
    grid: panels.map((_, panel) => ({ left: leftOf(panel), top: 118, width: across - 30, height })),
    xAxis: panels.map((_, gridIndex) => ({
      gridIndex,
      type: "value" as const,
      min: 0,
      max: most,
      name: axis,
      nameLocation: "middle" as const,
      nameGap: 28,
      nameTextStyle: axisText,
      axisLabel: axisText,
      splitLine: { lineStyle: { color: rule } },
    })),
    yAxis: panels.map((_, gridIndex) => ({
      gridIndex,
      type: "category" as const,
      data: arms,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: faint } },
      axisLabel: { ...axisText, show: gridIndex === 0, width: 160, overflow: "break" as const },
    })),
    series: panels.flatMap((_, panel) =>
      names.flatMap((name, bar) => {
        const estimates = arms.map((arm) => of.estimate({ arm, panel, bar }));
        return barsOf(estimates, { name, panel, place: bar, count: names.length });
      }),
    ),
  };
  return renderSvg(option, { width, height: height + heights.around });
}

function barsOf(
  estimates: readonly Estimate[],
  { name, place, panel, count }: { name: string; place: number; panel: number; count: number },
): SeriesOption[] {
  const common = { xAxisIndex: panel, yAxisIndex: panel, silent: true };
  const gaps = { barGap: "10%", barCategoryGap: "28%" };
  const look: ArmLook | undefined = looks[place];
  return [
    {
      ...common,
      ...gaps,
      type: "bar",
      name,
      itemStyle: { color: look?.color ?? ink, opacity: fills[place] ?? 1 },
      data: estimates.map(({ mean }) => round(mean)),
    },
    {
      ...common,
      type: "custom",
      z: 3,
      encode: { x: [1, 2], y: 0 },
      data: intervals(estimates),
      renderItem(_, api) {
        const offset = api.barLayout?.({ ...gaps, count })?.[place]?.offsetCenter ?? 0;
        const [low = 0, y = 0] = api.coord([api.value(1), api.value(0)]);
        const [high = 0] = api.coord([api.value(2), api.value(0)]);
        return bars([low, y + offset, high, y + offset], [0, 3], ink);
      },
    },
  ];
}
