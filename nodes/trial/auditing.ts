import { halfOf } from "../../policies/audits/halves.ts";
import { countEvidence, meanScore } from "../../policies/scores.ts";
import type { Auditing } from "../../policies/trial.ts";
import type { Values } from "../../state/archive.ts";
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
  /** What was found now of the program that was checked last, by task. */
  found: ReadonlyMap<number, Result>;
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
  if (program === checked || !isDue) return { running: arms, audit: null, found: new Map() };
  const known = best === undefined ? await openPairs(stage, program, needs.payload) : noPairs;
  const tasks = stage.tasks.filter((task) => !known.program.has(task)).slice(0, stage.most);
  const pairs = affordablePairs(tasks.length, stage, needs.asking);
  if (!closes && pairs < Math.min(stage.first, tasks.length)) return { running: arms, audit: null, found: new Map() };
  const looking = createLooking(program, { ...needs, stage, best, known });
  const evidence = await lookUntil(tasks.slice(0, pairs), program, looking);
  const verdict = stage.judge(evidence, { mustEnd, forecast: best?.verdict.delta ?? 0 });
  const counts = countEvidence(evidence);
  const found = { evidence: await needs.payload.putJson(evidence), counts, verdict };
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
      added: counts.asked - known.program.size,
      isClear: stage.look(evidence) === "enough",
      back: gone.length,
      undone: verdict.decided ? gone.flatMap(({ edits }) => edits ?? []) : [],
      rolled: await needs.payload.putJson(rolledIn(evidence, looking)),
    },
    found: foundNow(checked, evidence, looking),
  };
}

/** What is known of pairs by task. */
interface Pairs {
  checked: ReadonlyMap<number, Result>;
  program: ReadonlyMap<number, Result>;
}

const noPairs: Pairs = { checked: new Map(), program: new Map() };

/** The pairs of an audit of this program that stayed open, of tasks in use that both have a result of: what is missing is asked again. */
async function openPairs({ open, tasks }: Auditing, program: Hash, payload: Needs["payload"]): Promise<Pairs> {
  if (open?.program !== program) return noPairs;
  const { columns } = await payload.json(open.evidence, Evidence);
  const [isInUse, found] = [new Set(tasks), { checked: new Map(), program: new Map() }];
  for (const [row, task] of columns.task.entries()) {
    const [value = null, other = null] = [columns.candidate[row], columns.other[row]];
    if (value === null || other === null || !isInUse.has(task)) continue;
    found.program.set(task, resultOf(value, columns.samples?.map((samples) => samples[row] ?? null) ?? [value]));
    found.checked.set(task, resultOf(other, [other]));
  }
  return found;
}

function resultOf(value: number, samples: Values): Result {
  return { score: { value, objectives: {}, feedback: "" }, samples };
}

/** As many of these pairs as the budget holds beside what is left for the last audit. */
function affordablePairs(pairs: number, { reserve }: Auditing, asking: Asking): number {
  return Math.max(0, Math.floor((asking.affords(2 * pairs + reserve) - reserve) / 2));
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
  /** Of the programs that were asked, without the arm. */
  sheets: Map<Hash, Sheet>;
  /** What was known before of these programs. */
  known: ReadonlyMap<Hash, ReadonlyMap<number, Result>>;
}

function createLooking(program: Hash, of: Omit<Looking, "sheets" | "known"> & { known: Pairs }): Looking {
  const known = new Map([
    [of.stage.checked, of.known.checked],
    [program, of.known.program],
  ]);
  return { ...of, known, sheets: new Map() };
}

function sheetOf(program: Hash, { best, sheets, asking, known }: Looking): Sheet {
  if (best?.candidate.program === program) return best;
  const sheet = sheets.get(program) ?? createSheet(program, asking, known.get(program));
  sheets.set(program, sheet);
  return sheet;
}

/** What was asked now, beside the arm. */
function rolledIn(evidence: Evidence, looking: Looking): AuditedProgram[] {
  return [...looking.sheets.keys()].map((program) => {
    const asked = foundNow(program, evidence, looking);
    const results = [...asked.values()];
    const samples = sampleColumns(results);
    const values = results.map(({ score }) => score?.value ?? null);
    return { program, tasks: [...asked.keys()], samples: samples.length === 0 ? [values] : samples };
  });
}

/** The results of a program that were not known before the audit, by task. */
function foundNow(program: Hash, { columns: { task } }: Evidence, looking: Looking): Map<number, Result> {
  const [sheet, before] = [sheetOf(program, looking), looking.known.get(program)];
  const asked = new Map<number, Result>();
  for (const one of task) {
    const [result] = before?.has(one) === true ? [] : (sheet.known("validation", [one]) ?? []);
    if (result !== undefined) asked.set(one, result);
  }
  return asked;
}

/** Both on what is known of both, and on more of these tasks with each look. */
async function lookUntil(tasks: readonly number[], program: Hash, looking: Looking): Promise<Evidence> {
  const { stage, known } = looking;
  const before = [...(known.get(program)?.keys() ?? [])];
  for (let size = Math.min(stage.first, tasks.length); ; size = Math.min(2 * size, tasks.length)) {
    const evidence = await evidenceOn([...before, ...tasks.slice(0, size)], program, looking);
    if (size === tasks.length || stage.look(evidence) === "enough") return evidence;
  }
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
async function goodOf(program: Hash, { columns: { task } }: Evidence, looking: Looking): Promise<number> {
  const { stage, asking, samples } = looking;
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
