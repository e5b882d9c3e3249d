import {
  init,
  type EChartsOption,
  type LegendComponentOption,
  type SeriesOption,
  type TitleComponentOption,
} from "echarts";
import { meanAndInterval, type Estimate } from "../interval.ts";

const font = "Helvetica, Arial, 'Liberation Sans', sans-serif";
export const ink = "#222222";
export const faint = "#6b6b6b";
export const rule = "#e3e3e3";

/** A look for each arm of a plot: colours of Okabe and Ito, told apart by dash and mark as well. */
export const looks = [
  { color: "#0072b2", type: "solid", symbol: "circle" },
  { color: "#d55e00", type: "dashed", symbol: "diamond" },
  { color: "#009e73", type: "dotted", symbol: "triangle" },
  { color: "#cc79a7", type: "solid", symbol: "rect" },
  { color: "#333333", type: "dashed", symbol: "pin" },
  { color: "#56b4e9", type: "solid", symbol: "emptyCircle" },
  { color: "#e69f00", type: "dotted", symbol: "emptyDiamond" },
  { color: "#8c6d31", type: "dashed", symbol: "emptyTriangle" },
] as const;

export type ArmLook = (typeof looks)[number];

export interface Size {
  width: number;
  height: number;
}

/** The chart as SVG on white. The same option gives the same text, whatever was drawn before. */
export function renderSvg(option: EChartsOption, { width, height }: Size): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({ animation: false, backgroundColor: "#ffffff", textStyle: { fontFamily: font }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  // Names of clip paths hold a count of the charts drawn by this process; the rest is for pointers, and a picture has none.
  const picture = svg.replaceAll(/ (?:class|pointer-events)="[^"]*"/g, "").replace(/<style[\s\S]*?<\/style>\s*/, "");
  return `${picture.replaceAll(/\bzr\d+-/g, "zr-")}\n`;
}

/** Title and what it is measured on, at the top left. */
export function heading(text: string, subtext: string): TitleComponentOption {
  return {
    text,
    subtext,
    left: 12,
    top: 8,
    itemGap: 6,
    textStyle: { fontSize: 16, fontWeight: "bold", color: ink },
    subtextStyle: { fontSize: 12, color: faint, lineHeight: 16 },
  };
}

export const axisText = { color: ink, fontSize: 12 } as const;

/** A named axis with light grid lines. */
export function valueAxis(name: string, isVertical: boolean) {
  return {
    type: "value" as const,
    name,
    nameLocation: "middle" as const,
    nameGap: isVertical ? 42 : 30,
    nameTextStyle: axisText,
    axisLabel: axisText,
    axisLine: { show: true, onZero: false, lineStyle: { color: faint } },
    splitLine: { lineStyle: { color: rule } },
  };
}

/** A mean at x with its interval. */
export interface BandPoint extends Estimate {
  x: number;
}

export function bandPoint(x: number, values: readonly number[]): BandPoint {
  return { x, ...meanAndInterval(values) };
}

interface BandOptions {
  name: string;
  look: ArmLook;
  /** Index of the grid it is drawn in. */
  grid: number;
  /** The values are held within these; the interval is cut at them. */
  range: readonly [number, number];
}

/** A line through the means over a band of the intervals. */
export function lineWithBand(points: readonly BandPoint[], { name, look, grid, range }: BandOptions): SeriesOption[] {
  const inside = (value: number) => round(Math.min(range[1], Math.max(range[0], value)));
  const spread = ({ half }: BandPoint) => (Number.isNaN(half) ? 0 : half);
  const place = { type: "line" as const, xAxisIndex: grid, yAxisIndex: grid, silent: true, z: 2 };
  const edge = { ...place, symbol: "none", lineStyle: { opacity: 0 }, stack: `${name} ${grid}`, z: 1 };
  const low = (point: BandPoint) => inside(point.mean - spread(point));
  return [
    { ...edge, stackStrategy: "all", data: points.map((point) => [point.x, low(point)]) },
    {
      ...edge,
      stackStrategy: "all",
      areaStyle: { color: look.color, opacity: 0.16 },
      data: points.map((point) => [point.x, round(inside(point.mean + spread(point)) - low(point))]),
    },
    {
      ...place,
      name,
      symbol: "none",
      itemStyle: { color: look.color },
      lineStyle: { color: look.color, width: 2, type: look.type },
      data: points.map((point) => [point.x, inside(point.mean)]),
    },
  ];
}

/** Four places are finer than a pixel; more would only make the file longer. */
export function round(value: number): number {
  return Number(value.toFixed(4));
}

/** What each look stands for, at a height below the heading. `isLines` leaves out the mark on the line. */
export function legendOf(names: readonly string[], top: number, { isLines = false } = {}): LegendComponentOption {
  const place = { left: 12, top, itemWidth: 34, itemGap: names.length > 3 ? 24 : 30 };
  const marks = isLines ? { itemStyle: { opacity: 0 } } : {};
  return { ...place, ...marks, data: [...names], textStyle: { ...axisText, fontSize: names.length > 3 ? 12 : 13 } };
}

interface MarkedLineOptions {
  name: string;
  look: ArmLook;
  /** Its place among the lines of the plot: it is moved a little to the right, so that it does not hide another. */
  index: number;
}

/** Marks at the means with bars for the intervals, joined by a line; categories stand at 0, 1, 2 and so on. Of accuracies. */
export function markedLine(
  points: readonly Estimate[],
  { name, look, index: line }: MarkedLineOptions,
): SeriesOption[] {
  const [shift, offset] = [0.06 * line, [0, line === 0 ? -11 : 11]];
  return [
    {
      type: "line",
      name,
      silent: true,
      symbol: look.symbol,
      symbolSize: 9,
      z: 4,
      itemStyle: { color: look.color },
      lineStyle: { color: look.color, width: 2, type: look.type },
      label: { ...axisText, show: true, position: "right", distance: 8, offset, color: look.color },
      data: points.map(({ mean }, index) => ({
        value: [index + shift, round(mean)],
        label: { formatter: mean.toFixed(3).replace(/^0\./, ".") },
      })),
    },
    {
      type: "custom",
      silent: true,
      z: 3,
      encode: { x: 0, y: [1, 2] },
      data: intervals(points).map(([index, low, high]) => [index + shift, Math.max(0, low), Math.min(1, high)]),
      renderItem(_, api) {
        const [x = 0, low = 0] = api.coord([api.value(0), api.value(1)]);
        const [, high = 0] = api.coord([api.value(0), api.value(2)]);
        return bars([x, low, x, high], [4, 0], look.color);
      },
    },
  ];
}

/** The interval of each point that has one, after its index. */
export function intervals(points: readonly Estimate[]): Array<[index: number, low: number, high: number]> {
  return points.flatMap(({ mean, half }, index): Array<[number, number, number]> =>
    Number.isNaN(half) ? [] : [[index, round(mean - half), round(mean + half)]],
  );
}

/** A line with a cap at each end; `cap` is half a cap's extent. */
export function bars(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  [across, down]: readonly [number, number],
  color: string,
) {
  const line = (from: readonly [number, number], to: readonly [number, number]) => ({
    type: "line" as const,
    shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
    style: { stroke: color, lineWidth: 1.5 },
  });
  return {
    type: "group" as const,
    children: [
      line([x1, y1], [x2, y2]),
      line([x1 - across, y1 - down], [x1 + across, y1 + down]),
      line([x2 - across, y2 - down], [x2 + across, y2 + down]),
    ],
  };
}

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
