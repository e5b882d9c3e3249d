import { halfOf } from "../../policies/audits/halves.ts";
import { countEvidence, meanScore } from "../../policies/scores.ts";
import type { Auditing } from "../../policies/trial.ts";
import type { Means, Values } from "../../state/archive.ts";
import { Evidence, type Audit, type AuditedProgram, type Verdict } from "../../state/evidence.ts";
import type { Hash } from "../../state/json.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import { createSheet, type Arm, type Sheet } from "./arm.ts";
import type { Asking, Result } from "./asking.ts";
import { columnOf, meansOf, sampleColumns } from "./columns.ts";
import { samplesOf } from "./comparison.ts";

interface Needs {
  head: Hash;
  asking: Asking;
  samples: number;
  maxMissing: number;
  payload: Pick<Payload, "tokens" | "json" | "putJson">;
}

interface Audited {
  /** The candidates that go on. */
  running: readonly Arm[];
  audit: Audit | null;
}

/**
 * Audits the best of the arms, or without one the head, where one is due. Both are asked side by side, at each look as
 * many tasks as at all before, so that what is clearly better or worse takes few. The audited arm goes on where it passes or the audit is open; the
 * others do not. Where the budget does not hold a first look, all go on without an audit.
 */
export async function audit(stage: Auditing, arms: readonly Arm[], needs: Needs): Promise<Audited> {
  const { checked, since, closes } = stage;
  const [best] = arms.toSorted((a, b) => b.verdict.delta - a.verdict.delta);
  const program = best?.candidate.program ?? needs.head;
  const { isDue, mustEnd } = stage.terms(best?.candidate ?? null);
  const pairs = affordablePairs(stage, needs.asking);
  const isAffordable = closes || pairs >= Math.min(stage.first, stage.tasks.length);
  if (program === checked || !isDue || !isAffordable) return { running: arms, audit: null };
  const before = stage.open?.program === program ? await needs.payload.json(stage.open.evidence, Evidence) : null;
  const looking: Looking = { ...needs, stage, best, before, sheets: new Map() };
  const evidence = await lookUntil(pairs, program, looking);
  const verdict = stage.judge(evidence, { mustEnd, forecast: best?.verdict.delta ?? 0 });
  const found = { evidence: await needs.payload.putJson(evidence), counts: countEvidence(evidence), verdict };
  for (const arm of arms) {
    if (arm === best) arm.results.push({ stage: stage.name, ...found });
    arm.verdict = arm === best ? verdictOfArm(verdict) : passedOver(arm.verdict);
  }
  const isOpen = !verdict.accepted && !(verdict.decided || closes);
  const good = verdict.accepted || isOpen ? since.length : await goodOf(program, evidence, looking);
  const stands = verdict.accepted ? program : isOpen ? null : (since[good - 1]?.program ?? checked);
  const gone = since.slice(good);
  return {
    running: best?.verdict.accepted === true ? [best] : [],
    audit: {
      checked,
      program,
      ...found,
      means: { checked: meanScore(evidence.columns.other), program: meanScore(evidence.columns.candidate) },
      stands,
      isClear: stage.look(evidence) === "enough",
      back: gone.length,
      undone: verdict.decided ? gone.flatMap(({ edits }) => edits ?? []) : [],
      rolled: await needs.payload.putJson(rolledIn(evidence, looking)),
    },
  };
}

/** As many pairs as the tasks of the audit make and the budget holds beside what is left for the last audit. */
function affordablePairs({ tasks, reserve }: Auditing, asking: Asking): number {
  return Math.max(0, Math.floor((asking.affords(2 * tasks.length + reserve) - reserve) / 2));
}

function verdictOfArm(verdict: Verdict): Verdict {
  if (verdict.inconclusive !== "keep") return verdict;
  return { accepted: true, decided: true, reason: "taken while the audit is open", delta: verdict.delta };
}

/** It was not shown to be no better. */
function passedOver(verdict: Verdict): Verdict {
  if (!verdict.accepted) return verdict;
  return { ...verdict, accepted: false, decided: false, reason: "another candidate was audited" };
}

interface Looking extends Needs {
  stage: Auditing;
  best: Arm | undefined;
  /** The pairs of the audit as far as it was open. */
  before: Evidence | null;
  /** Of the programs that were asked, without the arm. */
  sheets: Map<Hash, Sheet>;
}

function sheetOf(program: Hash, { best, sheets, asking }: Looking): Sheet {
  if (best?.candidate.program === program) return best;
  const sheet = sheets.get(program) ?? createSheet(program, asking);
  sheets.set(program, sheet);
  return sheet;
}

function rolledIn({ columns: { task } }: Evidence, { sheets }: Looking): AuditedProgram[] {
  return [...sheets].map(([program, sheet]) => {
    const asked = task.filter((one) => sheet.known("validation", [one]) !== undefined);
    const results = sheet.known("validation", asked) ?? [];
    const samples = sampleColumns(results);
    const values = results.map(({ score }) => score?.value ?? null);
    return { program, tasks: asked, samples: samples.length === 0 ? [values] : samples };
  });
}

async function lookUntil(pairs: number, program: Hash, looking: Looking): Promise<Evidence> {
  const { stage, before } = looking;
  const tasks = stage.tasks.filter((task) => before?.columns.task.includes(task) !== true);
  for (let size = Math.min(stage.first, pairs); ; size = Math.min(2 * size, pairs)) {
    const evidence = after(before, await evidenceOn(tasks.slice(0, size), program, looking));
    if (size === pairs || stage.look(evidence) === "enough") return evidence;
  }
}

/** The evidence of an audit that goes on: what was asked while it was open, and since. */
function after(before: Evidence | null, now: Evidence): Evidence {
  if (before === null) return now;
  const { task, candidate, other, samples } = before.columns;
  const more = now.columns.samples;
  const pooled = (side: "candidate" | "other") =>
    pooledMeans([
      { means: before.means[side], tasks: before.decidedAt },
      { means: now.means[side], tasks: now.decidedAt },
    ]);
  return {
    ...now,
    columns: {
      task: [...task, ...now.columns.task],
      candidate: [...candidate, ...now.columns.candidate],
      other: [...other, ...now.columns.other],
      ...(samples && { samples: samples.map((values, sample) => [...values, ...(more?.[sample] ?? [])]) }),
    },
    decidedAt: before.decidedAt + now.decidedAt,
    means: { candidate: pooled("candidate"), other: pooled("other") },
  };
}

/** Means over the tasks of all, as far as they are known. */
function pooledMeans(parts: ReadonlyArray<{ means: Means; tasks: number }>): Means {
  const meanOf = (objective: string) => {
    const known = parts.flatMap(({ means, tasks }) => {
      const mean = means[objective] ?? null;
      return mean === null ? [] : [{ mean, tasks }];
    });
    const all = known.reduce((sum, { tasks }) => sum + tasks, 0);
    return all === 0 ? null : known.reduce((sum, { mean, tasks }) => sum + mean * tasks, 0) / all;
  };
  const objectives = [...new Set(parts.flatMap(({ means }) => Object.keys(means)))];
  return Object.fromEntries(objectives.map((objective) => [objective, meanOf(objective)]));
}

/** The program beside the checked one on these tasks. */
async function evidenceOn(tasks: readonly number[], program: Hash, looking: Looking): Promise<Evidence> {
  const { stage, maxMissing, payload } = looking;
  const valuesOf = (results: readonly Result[]): Values => results.map(({ score }) => score?.value ?? null);
  const others = await sheetOf(stage.checked, looking).ask("validation", tasks, []);
  const other = valuesOf(others);
  const missed = tasks.filter((_, row) => other[row] === null);
  const results = await sheetOf(program, looking).ask("validation", tasks, missed);
  return {
    suite: "validation",
    against: "checked",
    order: "next",
    columns: { task: [...tasks], candidate: valuesOf(results), other, ...samplesOf(results) },
    decidedAt: results.length,
    maxMissing,
    tokens: { candidate: await payload.tokens(program), other: await payload.tokens(stage.checked) },
    means: { candidate: meansOf(columnOf(results)), other: meansOf(columnOf(others)) },
    gain: null,
  };
}

/** How many heads since the checked one, from the oldest, do better than it on the tasks of an audit that failed, as far as halves were looked at. */
async function goodOf(program: Hash, { columns }: Evidence, looking: Looking): Promise<number> {
  const { stage, asking, samples, before } = looking;
  const task = columns.task.slice(before?.columns.task.length ?? 0);
  const at = stage.since.findIndex((one) => one.program === program);
  let [good, bad] = [0, at === -1 ? stage.since.length : at];
  for (let looks = 0; ; looks += 1) {
    const half = halfOf({ good, bad, looks }, { price: task.length * samples, worth: stage.worth });
    if (half === null || task.length === 0 || asking.affords(task.length) < task.length) return good;
    const { program: middle } = stage.since[half] as (typeof stage.since)[number];
    if (stage.judge(await evidenceOn(task, middle, looking), { mustEnd: true, forecast: null }).accepted)
      good = half + 1;
    else bad = half;
  }
}
