import type { EChartsOption } from "echarts";
import { controlArms, defaultArms, recipeArms, variantArms, type Arm } from "../recipes/arms.ts";
import { curvesOf, scoresByReadOff, type ArmCurves } from "../recipes/curves.ts";
import { places } from "../recipes/places.ts";
import { groupRows, type RunRow } from "../results.ts";
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

const size = { width: 980, height: 672 };
const columns = 3;
const panel = { left: 62, top: 146, width: 264, height: 196, across: 316, down: 276 };

const pictures: Readonly<Record<string, { title: string; arms: readonly Arm[] }>> = {
  recipes: { title: "Recipes at equal batches", arms: recipeArms },
  "recipes-controls": {
    title: "The default recipe, variants and controls at equal batches",
    arms: [recipeArms[0], ...variantArms, ...controlArms],
  },
  "recipes-defaults": { title: "Recipes with their own defaults", arms: defaultArms },
};

/** Accuracy over rollouts, one panel for each place: of the recipes, of the controls, and of the recipes' own defaults. */
export function recipesPlots(rows: readonly RunRow[], { reported }: { reported: string }): Record<string, string> {
  const measured = curvesOf(withAllArms(rows));
  const drawn = Object.entries(pictures).flatMap(([name, { title, arms }]) => {
    const names = arms.map(({ arm }) => arm).filter((arm) => [...measured.values()].some((curves) => curves.has(arm)));
    return names.length === 0 ? [] : [[name, drawCurves(measured, { title, names, reported })] as const];
  });
  return Object.fromEntries(drawn);
}

/** The rows of the seeds that most arms were run with: further seeds of a few arms are for tables. */
function withAllArms(rows: readonly RunRow[]): RunRow[] {
  const bySeed = [...groupRows(rows, ({ job }) => String(job.settings.seed)).values()];
  const runsOf = (own: readonly RunRow[]) => new Set(own.map(({ job }) => `${job.set}/${job.arm}`)).size;
  const most = Math.max(0, ...bySeed.map(runsOf));
  return bySeed.filter((own) => runsOf(own) === most).flat();
}

function drawCurves(
  measured: ReadonlyMap<string, ReadonlyMap<string, ArmCurves>>,
  { title, names, reported }: { title: string; names: readonly string[]; reported: string },
): string {
  const shown = places.map(({ name }) => name).filter((place) => measured.has(place));
  const all = shown.flatMap((place) => names.flatMap((arm) => measured.get(place)?.get(arm) ?? []));
  const seeds = Math.max(...all.map(({ points }) => points.size));
  const most = Math.max(...all.flatMap(({ points }) => [...points.values()].flat().map(({ rollouts }) => rollouts)));
  const spots = shown.map((_, index) => ({
    left: panel.left + (index % columns) * panel.across,
    top: panel.top + Math.floor(index / columns) * panel.down,
  }));
  const subtext = `accuracy on ${reported} against rollouts (logarithmic), training and validation; mean and 95 % interval over ${countOf(seeds, "seed")}`;
  const option: EChartsOption = {
    title: [
      heading(title, subtext),
      ...shown.map((place, index) => ({
        text: place.replaceAll("-", " "),
        left: (spots[index]?.left ?? 0) + panel.width / 2,
        top: (spots[index]?.top ?? 0) - 26,
        textAlign: "center" as const,
        textStyle: { fontSize: 13, color: ink },
      })),
    ],
    legend: legendOf(names, 66, { isLines: true }),
    grid: spots.map((spot) => ({ ...spot, width: panel.width, height: panel.height })),
    xAxis: shown.map((_, gridIndex) => rolloutAxis(gridIndex, most)),
    yAxis: shown.map((_, gridIndex) => accuracyAxis(gridIndex)),
    series: shown.flatMap((place, grid) =>
      names.flatMap((name, index) => {
        const curves = measured.get(place)?.get(name);
        if (curves === undefined) return [];
        const band = scoresByReadOff(curves).map(([rollouts, scores]) => bandPoint(rollouts, scores));
        return lineWithBand(band, {
          name,
          look: looks[index % looks.length] ?? looks[0],
          grid,
          range: [0, 1],
        });
      }),
    ),
  };
  return renderSvg(option, { ...size, height: shown.length > columns ? size.height : size.height - panel.down });
}

function rolloutAxis(gridIndex: number, most: number) {
  return {
    gridIndex,
    type: "log" as const,
    min: 100,
    max: 10 ** Math.ceil(Math.log10(most)),
    name: "rollouts",
    nameLocation: "middle" as const,
    nameGap: 26,
    nameTextStyle: { ...axisText, color: faint },
    axisLabel: { ...axisText, formatter: (value: number) => value.toLocaleString("en-US") },
    axisLine: { lineStyle: { color: faint } },
    splitLine: { lineStyle: { color: rule } },
  };
}

function accuracyAxis(gridIndex: number) {
  return {
    gridIndex,
    type: "value" as const,
    min: 0,
    max: 1,
    interval: 0.2,
    name: gridIndex % columns === 0 ? "accuracy" : "",
    nameLocation: "middle" as const,
    nameGap: 36,
    nameTextStyle: axisText,
    axisLabel: { ...axisText, formatter: (value: number) => value.toFixed(1) },
    splitLine: { lineStyle: { color: rule } },
  };
}
