import { createValidator } from "../../nodes/validator.ts";
import { noObjectives, type Objectives } from "../../policies/objectives.ts";
import type { Trial } from "../../policies/trial.ts";
import { growingSample } from "../../policies/validation-tasks.ts";
import type { Values } from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import { auditOf, columnsOf, measuredOf } from "../../stores/payload/opened.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import { createListener, createScoringExecutor, hashOf } from "./nodes.ts";

/** An executor that gives programs by name their scores by task index; null where missing. */
export function scoringBy(scores: Record<string, Values>) {
  const byProgram = new Map(Object.entries(scores).map(([name, values]) => [hashOf(name), values]));
  return createScoringExecutor((program, index) => byProgram.get(program)?.[index] ?? null);
}

interface Validation {
  payload: Payload;
  /** Of members and candidates, by name. */
  scores: Record<string, Values>;
  trial: Trial;
  objectives?: Objectives;
  state: RunState;
}

/** What the validator asks, tells and finds, opened. */
export async function validated({ payload, scores, trial, objectives = noObjectives, state }: Validation) {
  const scoring = scoringBy(scores);
  const { runtime, events } = createListener();
  const needs = { trial, sample: growingSample, objectives };
  const node = createValidator({ ...needs, inspect: async () => [], executor: scoring.executor, payload });
  const { columns = null, measured = null, audit = null, spent } = await node(state, runtime);
  return {
    ...scoring,
    events,
    spent,
    columns: await columnsOf({ columns }, payload),
    measured: await measuredOf({ measured }, payload),
    audit: await auditOf({ audit }, payload),
  };
}
