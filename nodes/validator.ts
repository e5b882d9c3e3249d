import type { Executor } from "../rollouts/executor.ts";
import type { Objectives } from "../policies/objectives.ts";
import { costInRollouts } from "../policies/budget.ts";
import { recall } from "../policies/policy.ts";
import { meanScore } from "../policies/scores.ts";
import type { Comparison, Trial, TrialInput } from "../policies/trial.ts";
import { tasksInUse, type ValidationSample } from "../policies/validation-tasks.ts";
import {
  mainObjective,
  memberOf,
  type Column,
  type Means,
  type MeasuredColumn,
  type OpenMember,
  type Values,
} from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import { createDraw } from "../state/draw.ts";
import type { Audit, Measured } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import { keptOut, type Candidate } from "../state/program.ts";
import { RolloutSet } from "../state/task.ts";
import { memoriesOf, recordOf } from "../stores/payload/opened.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RunNode } from "./node.ts";
import type { Inspect } from "./guarding/inspect.ts";
import { createArm, type Arm } from "./trial/arm.ts";
import { audit } from "./trial/auditing.ts";
import { createAsking, resultsOf, type Asking, type Result } from "./trial/asking.ts";
import { columnOf, openArchive } from "./trial/columns.ts";
import { compare, type Opponent } from "./trial/comparison.ts";
import { fuse } from "./trial/fusing.ts";
import { extendedColumn, firstResults, keep, neededColumns } from "./trial/known-columns.ts";
import { measure } from "./trial/measurement.ts";
import { objectTo } from "./trial/objecting.ts";
import { split } from "./trial/splitting.ts";

interface Needs {
  trial: Trial;
  sample: ValidationSample;
  objectives: Objectives;
  /** What the guard finds: a fused candidate is inspected, too. */
  inspect: Inspect;
  executor: Executor;
  payload: Pick<Payload, "tokens" | "json" | "putJson" | "program" | "putProgram">;
}

/**
 * Takes the candidates that the guard lets pass through the stages of the trial, as many as the setting `candidates` says,
 * side by side. Columns of members that are compared with are paid for once, and kept with the archive.
 */
export function createValidator(needs: Needs): RunNode {
  const { trial, executor, payload, inspect } = needs;
  return async function validator(state, runtime) {
    const asking = createAsking(executor, state, runtime);
    const own = async (program: Hash) => needs.objectives.of(await payload.program(program));
    const { settings, generation } = state;
    const memories = await memoriesOf(state, payload);
    const validation = tasksInUse(settings, { sample: needs.sample, memories, size: state.suites.validation.size });
    const archive = await openArchive(state, payload);
    const of = await inputOf(state, { validation, archive, payload });
    const stages = trial.stages(of, recall(trial, memories), createDraw(settings.seed, generation, "trial"));

    const { columns, isWhole } = await neededColumns(stages, { state, archive, validation, asking, needs });
    if (!isWhole)
      return { columns: await payload.putJson(columns), measured: null, audit: null, spent: asking.spent() };
    const { members } = await openArchive(state, payload, columns);
    const arms: Arm[] = [];
    const newArm = (candidate: Candidate) => {
      const arm = createArm(candidate, asking);
      arms.push(arm);
      return arm;
    };
    const making = { payload, createArm: newArm, inspect: (candidate: Candidate) => inspect(candidate, state) };
    let running: readonly Arm[] = admitted(state, settings.candidates).map(newArm);
    let audited: Audit | null = null;
    for (const stage of stages) {
      const takesOpen = "only" in stage && stage.only === "inconclusive";
      if (!takesOpen) running = running.filter(({ verdict }) => verdict.accepted);
      if (stage.against === "itself") {
        if (running.length === 0) running = await split(stage, arms, making);
        continue;
      }
      if (stage.against === "checked") {
        const done = await audit(stage, running, { ...settings, head: state.head, asking, payload });
        ({ running, audit: audited } = done);
        columns.push(...(await extendedColumn(stage.checked, done.found, { state, archive, validation, needs })));
        continue;
      }
      if (running.length === 0) continue;
      if (stage.against === "texts") running = await objectTo(stage, running, { ...settings, payload });
      else if (stage.against === "each other") running = await fuse(stage, running, making);
      else if (stage.against === "none") running = await measure(stage, running, { ...settings, validation, payload });
      else {
        const opponent = await opponentOf(stage, { state, members, validation, asking, payload, own });
        const draw = createDraw(settings.seed, generation, `plan/${stage.name}`);
        running = await compare(stage, running, { ...settings, opponent, draw, payload, own });
      }
    }
    const measured = await Promise.all(arms.map((arm) => measuredOf(arm, { validation, audited, needs })));
    return {
      columns: await payload.putJson([...columns, ...knownColumns(state, members, columns)]),
      measured: await payload.putJson(measured),
      audit: audited === null ? null : await payload.putJson(audited),
      spent: asking.spent(),
    };
  };
}

/** Those of the head and the parents that were known before. */
function knownColumns(
  { head, parents }: RunState,
  members: readonly OpenMember[],
  measured: readonly MeasuredColumn[],
) {
  return members.flatMap(({ program, column, means }) =>
    column === null || memberOf(measured, program) !== undefined || !(program === head || parents.includes(program))
      ? []
      : [{ program, column, means }],
  );
}

/** What a trial knows of the generation. */
async function inputOf(
  state: RunState,
  { validation, archive, payload }: Pick<TrialInput, "validation" | "archive"> & Pick<Needs, "payload">,
): Promise<TrialInput> {
  const { settings, generation, spent, parents, closing } = state;
  const ofParent = await batchResults(parents[0] as Hash, state, payload);
  const set = await batchOf(state, payload);
  const before = await recordOf(state, payload);
  return {
    settings,
    generation,
    spent,
    costInRollouts: costInRollouts(settings, {
      tokens: spent.tokens - (before?.spent.tokens ?? 0),
      rolled: { rollouts: set?.rows.length ?? 0, tokens: set?.tokens ?? 0 },
    }),
    batch: askedBatch(state),
    batchScores: ofParent.map(({ score }) => score?.value ?? null),
    later: state.episode?.later ?? [],
    validation,
    parents,
    archive,
    closes: closing !== null,
  };
}

/** The train tasks that the parent was run on: the budget may have cut the batch, and two parents are merged without one. */
function askedBatch({ batch, rollouts }: RunState): number[] {
  return rollouts === null ? [] : batch;
}

/** What this program has of the train tasks of the generation, in their order: nothing where another one was run on them. */
async function batchResults(program: Hash, state: RunState, payload: Needs["payload"]): Promise<Result[]> {
  const set = await batchOf(state, payload);
  return set?.program === program ? resultsOf(set.rows) : [];
}

/** The rollouts of the batch; null without one. */
async function batchOf({ rollouts }: RunState, payload: Needs["payload"]): Promise<RolloutSet | null> {
  return rollouts === null ? null : payload.json(rollouts, RolloutSet);
}

/** The first candidates that the guard lets pass. */
function admitted({ candidates, findings }: RunState, most: number): Candidate[] {
  const out = keptOut(findings);
  return candidates.filter(({ program }) => !out.has(program)).slice(0, most);
}

interface Place {
  state: RunState;
  members: readonly OpenMember[];
  validation: readonly number[];
  asking: Asking;
  payload: Needs["payload"];
  own(program: Hash): Promise<Means>;
}

/** The head, the parent, or the better of two parents, on the tasks of the stage. */
async function opponentOf(
  stage: Comparison,
  { state, members, validation, asking, payload, own }: Place,
): Promise<Opponent> {
  const { head, parents } = state;
  const placeOf = new Map(validation.map((task, place) => [task, place]));
  const scoresOf = async (program: Hash): Promise<Column> => {
    if (stage.suite === "train") return trainScores(stage.tasks, { state, program, asking, payload });
    const at = (values: Values) => stage.tasks.map((task) => values[placeOf.get(task) ?? -1] ?? null);
    const column = memberOf(members, program)?.values ?? {};
    return Object.fromEntries(Object.entries(column).map(([objective, values]) => [objective, at(values)]));
  };
  const meanOf = ({ scores }: Opponent) => meanScore(scores[mainObjective] ?? []) ?? 0;
  const programs = stage.against === "head" ? [head] : parents;
  const opponents = await Promise.all(
    programs.map(async (program) => ({
      scores: await scoresOf(program),
      tokens: await payload.tokens(program),
      own: await own(program),
    })),
  );
  const [best] = opponents.toSorted((a, b) => meanOf(b) - meanOf(a));
  return best as Opponent;
}

/** What the parent scored on tasks of the batch, and on others, which it is asked now. */
async function trainScores(
  tasks: readonly number[],
  { state, program, asking, payload }: Pick<Place, "state" | "asking" | "payload"> & { program: Hash },
): Promise<Column> {
  const known = await batchResults(program, state, payload);
  const results = new Map(known.map((result, place) => [state.batch[place] as number, result]));
  const others = tasks.filter((task) => !state.batch.includes(task));
  const asked = others.length === 0 ? [] : await asking.roll({ program, suite: "train", indices: others });
  for (const [place, result] of asked.entries()) results.set(others[place] as number, result);
  return columnOf(tasks.map((task) => results.get(task) ?? { score: null, samples: [] }));
}

/**
 * What came of an arm. Its column is kept where it got through, or a person may let it: of every validation task in use, or as far as an audit has
 * asked it.
 */
async function measuredOf(
  arm: Arm,
  { validation, audited, needs }: { validation: readonly number[]; audited: Audit | null; needs: Needs },
): Promise<Measured> {
  const { candidate, results: stages, verdict } = arm;
  const found = { candidate, stages, verdict };
  const mayPass = verdict.accepted || verdict.inconclusive === "ask";
  const isAudited = audited?.program === candidate.program;
  const whole = mayPass ? arm.known("validation", validation) : undefined;
  const resultOf = (task: number) => arm.known("validation", [task])?.[0];
  const results = whole ?? (mayPass && isAudited ? firstResults(validation, resultOf) : []);
  if (stages.length === 0 || results.length === 0) return { ...found, column: null, means: {} };
  return { ...found, ...(await keep(columnOf(results), candidate.program, needs)) };
}
