import { stdoutColors as pc } from "../terminal/colors.ts";
import { compareRuns, type Comparison } from "../../runs/reading/compare.ts";
import type { RunResult } from "../../runs/result.ts";
import { exitCodes } from "../terminal/failure.ts";
import { grouped } from "../../runs/words.ts";
import { formatScore } from "../terminal/progress.ts";
import { openStoreFor } from "../parts/store.ts";
import { print, printJson } from "../terminal/door.ts";

export interface CompareFlags {
  store: string;
  json?: boolean;
  diff: boolean;
}

/** Two runs side by side: settings, results, and the curve. */
export async function compareCommand(
  left: string,
  right: string,
  { store: url, json, diff }: CompareFlags,
): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const comparison = await compareRuns(left, right, { store }).finally(close);
  if (json === true) {
    printJson(comparison);
    return exitCodes.finished;
  }
  print(describe(comparison));
  if (diff) print(comparison.diff === "" ? "The best skills are the same.\n" : comparison.diff);
  return exitCodes.finished;
}

const lines: Array<[string, (result: RunResult) => string]> = [
  ["status", ({ status, reason }) => (reason === null ? status : `${status} (${reason})`)],
  ["generations", ({ generations }) => String(generations)],
  ["rollouts", ({ rollouts }) => grouped(rollouts)],
  ["validation, start", ({ score }) => formatScore(score.validation.start).trim()],
  ["validation, best", ({ score }) => formatScore(score.validation.best).trim()],
  ["test, start", ({ score }) => formatScore(score.test.start).trim()],
  ["test, best", ({ score }) => formatScore(score.test.best).trim()],
  ["skill tokens", ({ skill }) => grouped(skill.tokens)],
  ["usd", ({ spent }) => (spent.usd === 0 ? "-" : spent.usd.toFixed(2))],
];

function describe({ results, differences, isComparable, shared, curves, diff }: Comparison): string {
  const [one, other] = results;
  const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const rows: string[][] = [
    ["", one.run, other.run],
    ...lines.map(([name, of]) => [name, of(one), of(other)]),
    ...differences.map(({ name, values }) => [name, ...values.map(shown)]),
    ["validation by generation", ...curves.map((curve) => curveOf(curve))],
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  const column = Math.max(...rows.map(([, left = ""]) => left.length));
  const text = rows
    .map(([name = "", left = "", right = ""]) => `${pc.dim(name.padEnd(width))}  ${left.padEnd(column)}  ${right}`)
    .map((line) => line.trimEnd())
    .join("\n");
  const notes = [
    ...(shared > 0 ? [`They share the first ${shared === 1 ? "generation" : `${shared} generations`}.`] : []),
    ...(isComparable ? [] : ["They have different tasks or start skills, so their scores cannot be compared."]),
    ...(diff === "" ? ["Their best skills are the same."] : []),
  ];
  return `${text}\n${notes.map((note) => `${note}\n`).join("")}`;
}

const ticks = "▁▂▃▄▅▆▇█";
const mostTicks = 24;

/** Scores in 0..1 as a line of blocks, at most as wide as a column can be. */
function curveOf(curve: ReadonlyArray<number | null>): string {
  const step = Math.max(1, Math.ceil(curve.length / mostTicks));
  const kept = curve.filter((_, index) => index % step === 0 || index === curve.length - 1);
  return kept.map((score) => (score === null ? " " : ticks[Math.min(7, Math.floor(score * 8))])).join("");
}
