import type { Acceptance } from "../acceptance.ts";
import { stretchOf } from "../archives/stretch.ts";
import type { Auditing, Comparison, Trial, TrialInput } from "../trial.ts";
import { SettingsError } from "../../state/errors.ts";
import {
  Course,
  isDoubted,
  learnCourse,
  mostSince,
  openAudit,
  promiseOf,
  replayWindow,
  startOfCourse,
  isTrusted,
  trustIn,
} from "./course.ts";
import { mostHalves } from "./halves.ts";
import { fewestPairs, judgeAudit, lookAtAudit } from "./judgement.ts";

/** Pairs of the first look at an audit, of an audit at least where it stays open, and of the last audit of a run at least (ours [R]). */
const firstLook = fewestPairs;
const leastSample = 10;
const lastLook = 20;

/**
 * Optimistic acceptance (ours [R]): candidates are taken on what replaying already says of them, at no rollout, and the heads since the
 * program that was checked last are audited together, on the next validation tasks in their order, at intervals that grow with audits that pass and shrink with others. A forecast is
 * corrected by what came of earlier ones. At an interval of 1 each candidate is audited before it is taken. Without forecasts, or while they do not keep what they promise,
 * a candidate is `compared` with the checked head, on all validation tasks in use. That trial has no memory.
 */
export function optimisticTrial(compared: Trial): Trial {
  return {
    name: `trial.optimistic over ${compared.name}`,
    version: 8,
    takesShorter: false,
    memory: {
      schema: Course,
      start: startOfCourse,
      maxBytes: 8_000,
      learn: (memory, record, settings) => learnCourse(Course.parse(memory), record, settings),
    },
    stages(of, memory, draw) {
      const course = Course.parse(memory);
      const { settings, generation, validation, archive } = of;
      if (validation.length === 0)
        throw new SettingsError(
          "acceptance",
          "Optimistic acceptance audits on validation tasks, and there are none. Add some, or set acceptance to always.",
        );
      if (isDoubted(course, settings) && stretchOf(archive).since.length === 0) return compared.stages(of, null, draw);
      const window = replayWindow(settings, generation);
      return [onForecast({ keep: settings.candidates, trust: trustIn(course), window }), auditOf(of, course)];
    },
    cost: (of) => ({
      start: 0,
      least: 0,
      // For the last audit, and a short one of this generation.
      reserve: 2 * Math.min(lastLook, of.validation) + 2 * Math.min(leastSample, of.validation),
      // An audit with its halves, or a comparison with the head, whose column may be missing.
      most: Math.max((2 + mostHalves) * of.validation, of.validation + compared.cost(of).most),
      cut: Math.max(2 * lastLook + 2, of.validation),
    }),
  };
}

/** Turns down what its proposer expects to lose more on the replay than it gains; of several the one with the largest corrected forecast is taken. */
function onForecast({ keep, trust, window }: { keep: number; trust: number; window: number }): Comparison {
  const acceptance: Acceptance = {
    name: "acceptance.forecast",
    version: 1,
    takesShorter: false,
    plan: () => ({ order: "none", tasks: [] }),
    look: () => "enough",
    decide({ gain }) {
      if (gain === null) return { accepted: true, decided: true, reason: "taken without a forecast", delta: 0 };
      const promised = Math.min(1, Math.max(-1, gain / window));
      if (gain < 0)
        return {
          accepted: false,
          decided: true,
          reason: "expected to lose more than it gains",
          delta: promised,
        };
      return { accepted: true, decided: true, reason: "taken on its forecast", delta: trust * promised };
    },
  };
  return { name: "forecast", suite: "train", tasks: [], against: "parents", acceptance, keep };
}

function auditOf(of: TrialInput, course: Course): Auditing {
  const { archive, validation, settings, generation, closes } = of;
  const { checked, since } = stretchOf(archive);
  const batch = of.parents.every((parent) => parent === checked) ? of.batchScores : [];
  const edits = new Map(course.since.map((one) => [one.program, one.edits]));
  const isFull = since.length >= mostSince - 1;
  const window = replayWindow(settings, generation);
  const isUnearned = course.interval === 1 || isDoubted(course, settings);
  const trusts = isTrusted(course, window);
  const from = course.asked % validation.length;
  const least = Math.min(fewestPairs, validation.length);
  return {
    name: "audit",
    against: "checked",
    checked,
    since: since.map((program) => ({ program, edits: edits.get(program) ?? null })),
    terms: (candidate) => {
      const isUnforeseen = candidate !== null && promiseOf(candidate, window) === null;
      const mustEnd = isUnearned || isFull || isUnforeseen || closes;
      return { isDue: mustEnd || course.waited + 1 >= course.interval, mustEnd };
    },
    open: openAudit(course, settings),
    tasks: [...validation.slice(from), ...validation.slice(0, from)],
    most: closes ? validation.length : sampleOf(course, of, trusts),
    first: firstLook,
    reserve: closes ? 0 : 2 * Math.min(lastLook, validation.length),
    worth: of.costInRollouts,
    closes,
    look: (evidence) => lookAtAudit(evidence, batch),
    judge(evidence, { mustEnd, forecast }) {
      // What all tasks leave open no further one can decide: an audit of all ends, and any gain passes, as under strict.
      const isWhole = evidence.columns.candidate.length >= validation.length;
      return judgeAudit(evidence, {
        batch,
        mustEnd: mustEnd || isWhole,
        least,
        errors: closes || trusts || isWhole ? 0 : doubted,
        expected: forecast === null || !trusts ? 0 : expectedOf(course, forecast),
      });
    },
  };
}

/** Standard errors that a gain must be above while forecasts are not trusted (ours [R]). */
const doubted = 1;

/** The gain that is expected of the stretch and of a candidate with this corrected forecast. */
function expectedOf(course: Course, forecast: number): number {
  const promised = course.since.reduce((sum, one) => sum + one.promised, 0);
  return Math.min(1, trustIn(course) * promised + forecast);
}

/** What an audit may take of the rollouts since the last one, while forecasts are trusted, and while they are not (ours [R]). */
const share = { trusted: 0.1, doubted: 1 };

/** Tasks of the next audit: all of the sample where each candidate is audited, else as many as the generations since the last one are worth. */
function sampleOf(course: Course, { settings, costInRollouts }: TrialInput, trusts: boolean): number {
  if (course.interval === 1) return course.sample;
  const part = trusts ? share.trusted : share.doubted;
  const rollouts = part * (course.waited + 1) * costInRollouts;
  return Math.min(course.sample, Math.max(leastSample, Math.floor(rollouts / (2 * settings.samples))));
}
