import { z } from "zod";
import type { Audit, EvidenceCounts, GenerationRecord, Verdict } from "../../state/evidence.ts";
import { Hash, hashJson } from "../../state/json.ts";
import type { Candidate } from "../../state/program.ts";
import { expectedGain } from "../expected-gain.ts";
import { isPart } from "../trials/parts.ts";
import { rounded } from "../../state/rounding.ts";
import type { Settings } from "../../state/settings.ts";
import { visibilityOf } from "../visibility.ts";

/** Heads that can be provisional one after the other. */
export const mostSince = 32;

/** Generations until the first audit (ours [R]). */
const firstInterval = 1;

/** Tasks of the largest audit at first; with audits that stay open it grows to all of them (ours [R]). */
const firstSample = 40;

/** Gain that forecasts are believed to have kept and promised before anything came of one (ours [R]). */
const prior = 0.1;

/** What is left of earlier forecasts after an audit, so that a proposer can earn trust again (ours [R]). */
const fading = 0.5;

/** The share of what was promised that has to be kept for an interval to grow without a bound (ours [R]). */
const leastKept = 0.5;

/** The share of what was promised below which forecasts are no evidence (ours [R]). */
const leastTrust = 0.25;

/** An audit that is open: its program, its pairs as a payload of `Evidence`, and the hash of what has to be as it was for the pairs to count. */
const Open = z.strictObject({ program: Hash, evidence: Hash, under: Hash });
type Open = z.infer<typeof Open>;

/** What answers depend on that a branch can change: how skills are shown, by which draws, and how often a task is run. */
export function measuredUnder(settings: Settings): Hash {
  return hashJson([settings.recipe, visibilityOf(settings)?.name ?? null, settings.seed, settings.samples]);
}

/** The audit that is open, unless a branch has changed what its answers depend on. */
export function openAudit({ open }: Pick<Course, "open">, settings: Settings): Open | null {
  return open?.under === measuredUnder(settings) ? open : null;
}

const Taken = z.strictObject({ program: Hash, edits: Hash, promised: z.number().min(-1).max(1) });

/**
 * What a run remembers about its audits: how many generations with a provisional head are between two, how many tasks the next one may ask, how many all have asked, how many generations
 * a head has been provisional since the last one, the audit of the head that is open, the heads since the program that was checked last, and what forecasts promised over what was compared and what came of them, as sums of mean differences, and whether the last candidate came without a forecast.
 */
export const Course = z.strictObject({
  interval: z.int().min(1).max(mostSince),
  sample: z.int().positive(),
  asked: z.int().nonnegative(),
  waited: z.int().nonnegative(),
  open: Open.nullable(),
  since: z.array(Taken).max(mostSince),
  promised: z.number(),
  kept: z.number(),
  isSilent: z.boolean(),
});
export type Course = z.infer<typeof Course>;

export const startOfCourse: Course = {
  interval: firstInterval,
  sample: firstSample,
  asked: 0,
  waited: 0,
  open: null,
  since: [],
  promised: 0,
  kept: 0,
  isSilent: false,
};

/** How many train tasks a proposer can have replayed: those rolled out, as far as the window reaches. */
export function replayWindow({ replay, batch }: Pick<Settings, "replay" | "batch">, generation: number): number {
  return Math.min(replay, batch * generation);
}

/** The mean gain that its proposer expects of an edit on what was replayed, in -1..1. Null where it does not say. */
export function promiseOf({ origin }: Pick<Candidate, "origin">, window: number): number | null {
  const gain = expectedGain(origin);
  return gain === null ? null : Math.min(1, Math.max(-1, gain / window));
}

/** The share of a promised gain that is to be expected, in 0..1, by what came of earlier ones. 0: a forecast is no evidence. */
export function trustIn({ promised, kept }: Pick<Course, "promised" | "kept">): number {
  return Math.min(1, Math.max(0, prior + kept) / Math.max(prior, prior + promised));
}

/** Whether forecasts were made, and kept half of what they promised. */
function keepsPromises(course: Pick<Course, "promised" | "kept">): boolean {
  return course.promised > 0 && trustIn(course) > leastKept;
}

/** Replayed tasks that a forecast must be of: it is made on the tasks that the edits were made for, and on few of them it promises too much (ours [R]). */
const leastWindow = 100;

/** Whether forecasts are trusted: they are of enough tasks, and kept half of what they promised. */
export function isTrusted(course: Pick<Course, "promised" | "kept">, window: number): boolean {
  return window >= leastWindow && keepsPromises(course);
}

/**
 * Whether forecasts are no evidence: the last candidate had none, or earlier ones did not keep a quarter of what they promised, of a proposer that never replays enough tasks to be
 * trusted half: audits want more than such forecasts can promise, so that one that is neither trusted nor doubted would have its small gains turned down (ours [R]).
 */
export function isDoubted(
  course: Pick<Course, "promised" | "kept" | "isSilent">,
  { replay }: Pick<Settings, "replay">,
): boolean {
  const least = replay >= leastWindow ? leastTrust : leastKept;
  return course.isSilent || (course.promised > 0 && trustIn(course) < least);
}

/** What of a generation, and of its audit, the course is learned from. */
export interface CourseRecord extends Pick<
  GenerationRecord,
  "generation" | "head" | "candidate" | "verdict" | "others" | "standing"
> {
  evidence: Pick<EvidenceCounts, "asked"> | null;
  audit: Pick<Audit, "program" | "evidence" | "verdict" | "stands" | "added" | "isClear"> | null;
}

/**
 * The interval grows fourfold with an audit that is clearly passed, and doubles with one that is passed by its mean where half of what forecasts promised is kept; it halves with one that
 * stays open at a loss, and falls to a quarter with one that fails. The sample doubles with one that is not clear: differences that are too small for it need more (ours [R]).
 */
export function learnCourse(before: Course, record: CourseRecord, settings: Settings): Course {
  const { audit, candidate, verdict, standing, generation, head } = record;
  const window = replayWindow(settings, generation);
  const isTaken = verdict.accepted && candidate?.program === head;
  const taken = isTaken
    ? [{ program: head, edits: candidate.edits, promised: rounded(promiseOf(candidate, window) ?? 0, 6) }]
    : [];
  const since = standing === "provisional" ? [...before.since, ...taken].slice(-mostSince) : [];
  const draft = draftOf(record);
  const own = draft === null ? null : promiseOf(draft.candidate, window);
  const isSilent = draft === null ? before.isSilent : own === null;
  const open = standing === "provisional" && before.open?.program === head ? before.open : null;
  const known = { ...before, isSilent, since, open };
  if (audit === null) {
    const waited = since.length > 0 ? before.waited + 1 : 0;
    return {
      ...known,
      waited,
      ...(draft !== null && own !== null && isCompared(before, record, settings)
        ? sumsOf(before, own, draft.verdict)
        : {}),
    };
  }
  const promised = before.since.reduce(
    (sum, one) => sum + one.promised,
    candidate?.program === audit.program ? (own ?? 0) : 0,
  );
  const isOpen = audit.verdict.inconclusive === "keep" && audit.program === head;
  const { program, evidence } = audit;
  return {
    ...afterAudit(known, audit, promised),
    asked: before.asked + audit.added,
    open: isOpen ? { program, evidence, under: measuredUnder(settings) } : open,
    waited: 0,
  };
}

/** What the verdict is about; where that is a part of a draft, the draft, as forecasts are about whole ones. */
function draftOf({ candidate, verdict, others }: CourseRecord): { candidate: Candidate; verdict: Verdict } | null {
  if (candidate === null) return null;
  const measured = [{ candidate, verdict }, ...others];
  return measured.find((one) => !isPart(one.candidate)) ?? null;
}

/** Whether the candidate was compared with the head itself. */
function isCompared(before: Course, { evidence, verdict }: CourseRecord, settings: Settings): boolean {
  return isDoubted(before, settings) && before.since.length === 0 && (evidence?.asked ?? 0) > 0 && verdict.decided;
}

/** Sums with what was promised, and what came of it. */
function sumsOf(before: Course, promised: number, { decided, delta }: Verdict): Pick<Course, "promised" | "kept"> {
  return {
    promised: rounded(fading * before.promised + promised, 6),
    kept: rounded(fading * before.kept + (decided ? delta : 0), 6),
  };
}

/** More tasks than any suite has. */
const mostSample = 1_000_000;

function afterAudit(
  before: Course,
  { verdict, stands, isClear }: NonNullable<CourseRecord["audit"]>,
  promised: number,
): Course {
  const sample = isClear ? before.sample : Math.min(mostSample, 2 * before.sample);
  if (stands === null)
    return { ...before, sample, interval: verdict.delta < 0 ? Math.ceil(before.interval / 2) : before.interval };
  const sums = sumsOf(before, promised, verdict);
  const growth = isClear ? 4 : keepsPromises(sums) ? 2 : 1;
  const interval = verdict.accepted ? Math.min(mostSince, growth * before.interval) : Math.ceil(before.interval / 4);
  return { ...before, ...sums, sample, interval };
}
