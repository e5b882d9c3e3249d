import { outcomePaints, stdoutColors as pc } from "../terminal/colors.ts";
import type { GenerationFiles } from "../../runs/reading/operations.ts";
import type { BeforeAndAfter, RunResult } from "../../runs/result.ts";
import { heldReason } from "../../stores/ledger/attempts.ts";
import { Role } from "../../state/usage.ts";
import type { MemoryTable } from "../../policies/policy.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import { episodesText, episodeText } from "../../runs/episodes.ts";
import {
  ablationText,
  counted,
  grouped,
  meansText,
  outcomeOf,
  samplesText,
  trustText,
  verdictText,
} from "../../runs/words.ts";
import { formatScore } from "../terminal/progress.ts";
import { table } from "../terminal/table.ts";
import { print, printJson } from "../terminal/door.ts";

/** The result on stdout: a few lines for people, or one line of JSON, which is then the last. */
export function printResult(result: RunResult, { json, files }: { json: boolean; files: readonly string[] }): void {
  if (json) {
    printJson(result);
    return;
  }
  const why = result.reason === null || result.reason === result.status ? "" : ` (${result.reason})`;
  const agreement = samplesText(result.samples);
  const lines = [
    `${pc.bold(result.run)} ${result.status}${why} after ${counted(result.generations, "generation")}, ${counted(result.rollouts, "rollout")}, ${counted(result.simulations, "simulation")}`,
    `  validation  ${describe(result.score.validation)}${describeOthers(result.objectives.validation)}${auditText(result)}`,
    `  test        ${describe(result.score.test)}${describeOthers(result.objectives.test)}`,
    ...(result.episodes === null ? [] : [`  episodes    ${episodesText(result.episodes)}`]),
    ...(agreement === undefined ? [] : [`  samples     ${agreement}`]),
    `  skill       ${files.join(", ") || result.skill.hash.slice(0, 12)} (${result.skill.tokens} tokens)`,
    ...describeTrust(result),
    ...describeSpent(result),
    `  digest      ${result.digest}`,
  ];
  print(`${lines.join("\n")}\n`);
}

/** Nothing where no task is sealed. */
function describeTrust({ trust }: RunResult): string[] {
  return trust === null ? [] : [`  ${trustText(trust)}`];
}

/** What was paid for, by who paid, and what was put aside; empty where there is nothing to report. */
function describeSpent({ spent, held }: RunResult): string[] {
  const paid = Role.options.flatMap((role) => {
    const { calls, inputTokens, outputTokens, usd } = spent.roles[role];
    if (calls === 0) return [];
    return [
      `  ${role.padEnd(11)} ${grouped(calls)} calls, ${grouped(inputTokens)} tokens in, ${grouped(outputTokens)} out, $${usd.toFixed(2)}`,
    ];
  });
  const tasks = held.map(({ suite, task }) => `  held        ${task} (${suite}): ${heldReason}`);
  return [...paid, ...tasks];
}

/** What an audit measures is not the mean of all tasks. */
function auditText({ auditedOn, score }: RunResult): string {
  if (auditedOn === null || score.validation.best === null) return "";
  const { start, best } = auditedOn;
  return start === null
    ? `  (best on ${counted(best, "task")})`
    : `  (start on ${counted(start, "task")}, best on ${grouped(best)})`;
}

function describe({ start, best }: BeforeAndAfter): string {
  return `${formatScore(start).trim()} -> ${formatScore(best).trim()}`;
}

function describeOthers(objectives: Record<string, BeforeAndAfter>): string {
  const parts = Object.entries(objectives).map(([name, pair]) => `${name} ${describe(pair)}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** The timeline, a line a generation, verdicts in words. */
export function printTimeline(timeline: readonly GenerationRecord[]): void {
  for (const record of timeline) {
    const { generation, headScore, headTasks, headMeans, headTokens, batch, verdict, candidate, spent } = record;
    const outcome = outcomeOf(verdict);
    const mark = outcomePaints(pc)[outcome](outcome);
    const what = candidate === null ? verdictText(record) : `${candidate.origin.operator}: ${verdictText(record)}`;
    const more = [episodeText(record), samplesText(record.samples)].flatMap((text) =>
      text === undefined ? [] : `; ${text}`,
    );
    const on = record.standing === null ? "" : (headScore === null ? "" : ` on ${headTasks}`).padEnd(7);
    print(
      `${String(generation).padStart(4)}  validation ${formatScore(headScore)}${on}${meansText(headMeans)}  batch ${formatScore(batch.score)}  rollouts ${String(spent.rollouts).padStart(6)}  tokens ${String(headTokens).padStart(5)}  ${mark}  ${what}${more.join("")}\n`,
    );
    for (const ablation of record.ablations) print(`      ${ablationText(ablation)}\n`);
  }
}

/** A line for each operation on files. */
export function printOperations(all: readonly GenerationFiles[]): void {
  if (all.length === 0) print("No candidate was made by operations on files.\n");
  for (const { generation, operations } of all) {
    for (const { operation, path, to, success, message } of operations) {
      const what = [operation, path, ...(to === null ? [] : [to])].filter((word) => word !== "").join(" ");
      print(`${String(generation).padStart(4)}  ${what}: ${success ? "" : "failed: "}${message}\n`);
    }
  }
}

/** A table for each policy that describes what it remembers. */
export function printMemories(all: readonly MemoryTable[]): void {
  if (all.length === 0) print("No policy of this recipe describes what it remembers.\n");
  for (const { title, columns, texts, rows } of all)
    print(`${title}\n${table([columns, ...rows.map((row) => row.map(String))], { left: texts })}\n`);
}
