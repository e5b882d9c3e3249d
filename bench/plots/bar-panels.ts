import type { EChartsOption, SeriesOption } from "echarts";
import type { Estimate } from "../interval.ts";
import { axisText, bars, faint, heading, ink, intervals, legendOf, looks, renderSvg, round, rule } from "./chart.ts";

/** Bars from the left, with intervals: some for each arm, in panels beside each other with one scale. */
interface BarPanels {
  title: string;
  subtitle: string;
  /** Of the scale, which begins at 0. */
  axis: string;
  /** Heads of the panels; that of a single one may be empty. */
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

export function barPanels({ panels, bars: names, axis, ...of }: BarPanels): string {
  const arms = of.arms.toReversed();
  const height = Math.max(heights.least, heights.arm * arms.length);
  const across = rooms.panels / panels.length;
  const estimates = panels.map((_, panel) =>
    names.map((_name, bar) => arms.map((arm) => of.estimate({ arm, panel, bar }))),
  );
  const most = Math.ceil(10 * Math.max(...estimates.flat(2).map(({ mean }) => mean || 0))) / 10;
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
    series: estimates.flatMap((inPanel, panel) =>
      inPanel.flatMap((ofBar, place) =>
        barsOf(ofBar, { name: names[place] ?? "", panel, place, most, count: names.length }),
      ),
    ),
  };
  return renderSvg(option, { width, height: height + heights.around });
}

function barsOf(
  estimates: readonly Estimate[],
  { name, panel, place, most, count }: { name: string; panel: number; place: number; most: number; count: number },
): SeriesOption[] {
  const common = { xAxisIndex: panel, yAxisIndex: panel, silent: true };
  const gaps = { barGap: "10%", barCategoryGap: "28%" };
  return [
    {
      ...common,
      ...gaps,
      type: "bar",
      name,
      itemStyle: { color: looks[place]?.color ?? ink, opacity: fills[place] ?? 1 },
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
        // Of a few worlds they can be wider than the panel.
        const inside = (dimension: number) => Math.min(most, Math.max(0, Number(api.value(dimension))));
        const [low = 0, y = 0] = api.coord([inside(1), api.value(0)]);
        const [high = 0] = api.coord([inside(2), api.value(0)]);
        return bars([low, y + offset, high, y + offset], [0, 3], ink);
      },
    },
  ];
}
