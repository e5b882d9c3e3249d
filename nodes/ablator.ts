import type { Drafting } from "../policies/drafting.ts";
import type { Ablating, AblationPlan } from "../policies/lifecycle/ablating.ts";
import { isUnsure, meansOfPairs } from "../policies/lifecycle/contribution.ts";
import { recall } from "../policies/policy.ts";
import { validationTasks, withSample, type ValidationSample } from "../policies/validation-tasks.ts";
import type { Visibility } from "../policies/visibility.ts";
import type { Executor } from "../rollouts/executor.ts";
import { createViews } from "../rollouts/views.ts";
import { mainObjective, memberOf, samplesIn, type Values } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import type { Ablation } from "../state/evidence.ts";
import { TaskList } from "../state/task.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import { columnsOf, memoriesOf } from "../stores/payload/opened.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";
import { createAsking, type Asking } from "./trial/asking.ts";
import { openArchive } from "./trial/columns.ts";

interface Needs {
  ablates: Ablating;
  /** Whose memory decides. */
  drafting: Drafting;
  sample: ValidationSample;
  visibility: Visibility | undefined;
  executor: Executor;
  payload: Pick<Payload, "json" | "putJson" | "program" | "putProgram">;
  ledger: Pick<Ledger, "forget">;
}

/**
 * Leaves skills out of the head where that is due, to measure what they contribute: the head without them beside the head, on the same validation tasks with the
 * same sample. What the head's column has is not asked again. Each is asked as far as the budget holds; where too many results are missing, the ledger forgets that they failed.
 */
export function createAblator(needs: Needs): RunNode {
  const { ablates, drafting, executor, payload, ledger } = needs;
  return async function ablator(state, runtime) {
    const { closing, generation, head } = state;
    if (closing !== null || !ablates.isDue(state)) return { ablations: null };
    const memories = await memoriesOf(state, payload);
    // Each rollout is a pair of its own.
    const settings = { ...withSample(state.settings, needs.sample, memories), samples: 1 };
    const used = validationTasks(settings, state.suites.validation.size);
    const tasks = await shownTasks(used, state, needs);
    const plans = ablates.plan({ settings, head, tasks }, recall(drafting, memories));
    const asking = createAsking(executor, { ...state, settings }, runtime);
    const known = await knownScores(used, state, payload);
    const found: Ablation[] = [];
    for (const plan of plans) {
      const ablation = await ablate(plan, { state, asking, known, payload });
      if (ablation === null) continue;
      found.push(ablation);
      const { hidden, tasks: asked } = ablation;
      const means = meansOfPairs(ablation);
      emit(runtime, { type: "skill-ablated", generation, hidden, tasks: asked.length, ...means });
    }
    if (found.some((one) => isUnsure(one, settings.maxMissing))) await ledger.forget();
    return { ablations: found.length === 0 ? null : await payload.putJson(found), spent: asking.spent() };
  };
}

/** The validation tasks in use, with the skills of the head that an agent sees for each. */
async function shownTasks(used: readonly number[], { suites, head, settings }: RunState, needs: Needs) {
  const { payload, visibility } = needs;
  const viewOf = createViews({ payload, visibility, seed: settings.seed });
  const { at } = await viewOf(head, "validation", await payload.json(suites.validation.hash, TaskList));
  return used.map((task) => ({ task, shows: at(task).skills.map(({ name }) => name) }));
}

type Known = (task: number, sample: number) => number | null | undefined;

/** What the column of the head has of a sample of a task: undefined where it was not asked. */
async function knownScores(used: readonly number[], state: RunState, payload: Needs["payload"]): Promise<Known> {
  const { members } = await openArchive(state, payload, await columnsOf(state, payload));
  const column = memberOf(members, state.head)?.values ?? {};
  const samples = samplesIn(column);
  const columns: readonly Values[] = samples.length > 0 ? samples : [column[mainObjective] ?? []];
  const placeOf = new Map(used.map((task, place) => [task, place]));
  return (task, sample) => columns[sample]?.[placeOf.get(task) ?? -1];
}

interface Measuring {
  state: RunState;
  asking: Asking;
  known: Known;
  payload: Needs["payload"];
}

/** Null where the budget does not hold a pair. */
async function ablate(
  { skill, hidden, tasks: planned, from, sample }: AblationPlan,
  { state: { head }, asking, known, payload }: Measuring,
): Promise<Ablation | null> {
  const isHeadAsked = planned.some((task) => known(task, sample) === undefined);
  const rollouts = isHeadAsked ? 2 : 1;
  const tasks = planned.slice(0, Math.floor(asking.affords(rollouts * planned.length) / rollouts));
  if (tasks.length === 0) return null;
  const skills = await payload.program(head);
  const program = await payload.putProgram(skills.filter(({ name }) => !hidden.includes(name)));
  const of = { suite: "validation", indices: tasks, firstSample: sample } as const;
  const scoresOf = async (question: Parameters<Asking["roll"]>[0]): Promise<Values> =>
    (await asking.roll(question)).map(({ score }) => score?.value ?? null);
  const all = isHeadAsked ? await scoresOf({ ...of, program: head }) : tasks.map((task) => known(task, sample) ?? null);
  const missedBefore = tasks.filter((_, row) => all[row] === null);
  const without = await scoresOf({ ...of, program, missedBefore });
  return { skill, hidden, program, sample, from, tasks, with: all, without, isHeadAsked };
}
