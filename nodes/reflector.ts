import { z } from "zod";
import type { Analyst } from "../analysts/analyst.ts";
import { reflectByCounting } from "../analysts/counting-reflector.ts";
import { changesOf, type Attempt, type Lessons } from "../analysts/reflector.ts";
import { affordableTasks } from "../policies/budget.ts";
import type { Epochs } from "../policies/epochs.ts";
import { recall } from "../policies/policy.ts";
import { applyEdits } from "../skills/edits.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { editsToLessons } from "../skills/lessons.ts";
import type { RunState } from "../state/channels.ts";
import { PartError, StateError } from "../state/errors.ts";
import type { Hash, Json } from "../state/json.ts";
import { Edit, type Candidate } from "../state/program.ts";
import type { ScoredRollout } from "../state/task.ts";
import { tokensIn } from "../state/usage.ts";
import { withCalls } from "../models/calls.ts";
import type { Executor } from "../rollouts/executor.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import { memoriesOf } from "../stores/payload/opened.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { emit, rolloutOptions, studyOf, type RunNode } from "./node.ts";

const Edits = z.array(Edit);

interface Needs {
  analyst: Pick<Analyst, "reflect">;
  epochs: Epochs;
  executor: Executor;
  payload: Payload;
  archive: RolloutArchive;
  ledger: Ledger;
}

/**
 * Reviews an epoch, and replaces the nodes that analyze a batch: runs the train tasks of the batch with the program that the epoch
 * began with, and has the lessons of the skill and the notes for proposers rewritten. Lessons are a candidate, for guard, trial and gate.
 */
export function createReflector(needs: Needs): RunNode {
  const { epochs, payload, archive, ledger } = needs;
  return async function reflector(state, runtime) {
    const { generation, parents, rollouts, suites, seen } = state;
    const nothing = { failures: null, deficiencies: null, candidates: [] };
    const [parent] = parents;
    if (parent === undefined || rollouts === null) return nothing;
    const { first, tried } = epochs.course(recall(epochs, await memoriesOf(state, payload)));
    const old = await rolloutsUnder(first ?? state.start, state, { ...needs, runtime });
    const from = { suite: suites.train, seen };
    const after = await archive.study([rollouts], from);
    const before = old.set === null ? [] : await archive.study([old.set], from);
    const attempts = await Promise.all(
      tried.map(async (each): Promise<Attempt> => ({ ...each, edits: await payload.json(each.edits, Edits) })),
    );
    const known = state.guidance === null ? null : await payload.json(state.guidance, z.string());
    const skills = await payload.program(parent);
    const epoch = { attempts, before, after, guidance: known };
    const work = studyOf(runtime, { part: "reflector", generation, ledger });
    const { value, cost } = await withCalls(
      work,
      async () => needs.analyst.reflect?.(epoch, skills) ?? reflectByCounting(epoch, skills),
    );
    const { lessons, guidance } = value;
    const made =
      lessons === null || !epochs.writesLessons
        ? []
        : await candidateOf(lessons, { parent, skills, payload, state, before, after });
    for (const { program, origin } of made)
      emit(runtime, { type: "candidate-made", generation, program, operator: origin.operator, edits: 1 });
    return {
      ...nothing,
      candidates: made,
      guidance: guidance === null || !epochs.writesGuidance ? state.guidance : await payload.putJson(guidance),
      spent: { rollouts: old.rollouts, tokens: old.tokens + tokensIn(cost) },
    };
  };
}

/** The batch under the program that the epoch began with, as much as the budget holds. Where it is the parent, that was done. */
async function rolloutsUnder(
  program: Hash,
  { batch, parents, rollouts, suites, settings, spent, generation }: RunState,
  { executor, archive, runtime }: Needs & { runtime: Parameters<RunNode>[1] },
): Promise<{ set: Hash | null; rollouts: number; tokens: number }> {
  if (program === parents[0]) return { set: rollouts, rollouts: 0, tokens: 0 };
  const { samples } = settings;
  const indices = batch.slice(0, affordableTasks(settings, spent, batch.length));
  if (indices.length === 0) return { set: null, rollouts: 0, tokens: 0 };
  const request = { program, suite: "train" as const, tasks: suites.train, indices, samples };
  const set = await executor.roll(request, rolloutOptions(runtime, { generation, suite: "train" }));
  return { set: await archive.save(set), rollouts: indices.length * samples, tokens: set.tokens };
}

interface Making {
  parent: Hash;
  skills: readonly SkillFolder[];
  payload: Payload;
  state: RunState;
  before: readonly ScoredRollout[];
  after: readonly ScoredRollout[];
}

/** The parent with these lessons; none where it has them already. */
async function candidateOf(
  { skill: name, text }: Lessons,
  { parent, skills, payload, state, before, after }: Making,
): Promise<Candidate[]> {
  const skill = skills.find((each) => each.name === name);
  if (skill === undefined)
    throw new PartError(
      `A reflector wrote lessons for "${name}", but skills are: ${skills.map((each) => each.name).join(", ")}.`,
    );
  if (state.epoch === null)
    throw new StateError("The reflector needs an epoch; pass the policy `epochs` to the task-sampler too.");
  const edits = editsToLessons(skill, text);
  if (edits.length === 0) return [];
  const changes = changesOf({ before, after });
  const features: Record<string, Json> = Object.fromEntries(
    Object.entries(changes).map(([kind, { length }]) => [kind, length]),
  );
  return [
    {
      parents: [parent],
      program: await payload.putProgram(applyEdits(skills, edits)),
      edits: await payload.putJson(edits),
      origin: { operator: "slow-update", target: "lessons", features },
      extra: { epoch: state.epoch.number },
    },
  ];
}
