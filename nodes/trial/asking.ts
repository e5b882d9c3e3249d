import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { affordableTasks } from "../../policies/budget.ts";
import type { Executor } from "../../rollouts/executor.ts";
import type { RunState } from "../../state/channels.ts";
import type { Hash } from "../../state/json.ts";
import { byTask, meanOfSamples } from "../../policies/samples.ts";
import type { Values } from "../../state/archive.ts";
import type { RolloutRow, Score } from "../../state/task.ts";
import { rolloutOptions } from "../node.ts";

/** What a trial rolls out: a program on tasks of a suite, by index. */
export interface Question {
  program: Hash;
  suite: "train" | "validation";
  indices: readonly number[];
  /** Those that were missing before, for this program or another. */
  missedBefore?: readonly number[];
  /** The number of the first sample; 0 by default. */
  firstSample?: number;
}

/** What a task came to: its score, null where missing, and the value of each sample. */
export interface Result {
  score: Score | null;
  samples: Values;
}

/** Rolls out as much as the budget still holds, from the beginning of the list; counts what it asked for. */
export interface Asking {
  /** One result for each of the first indices, as many as were asked. */
  roll(question: Question): Promise<Result[]>;
  /** How many of so many tasks the budget holds now. */
  affords(tasks: number): number;
  spent(): { rollouts: number; tokens: number };
}

/** What is asked for is counted at once, so that questions asked side by side cannot overshoot the budget together. */
export function createAsking(executor: Executor, state: RunState, runtime: LangGraphRunnableConfig): Asking {
  const { settings, suites, generation } = state;
  let asked = { rollouts: 0, tokens: 0 };
  const affords = (wanted: number) => {
    const { rollouts, tokens } = state.spent;
    const soFar = { ...state.spent, rollouts: rollouts + asked.rollouts, tokens: tokens + asked.tokens };
    return affordableTasks(settings, soFar, wanted);
  };
  return {
    spent: () => asked,
    affords,
    async roll({ program, suite, indices: wanted, missedBefore = [], firstSample = 0 }) {
      const indices = wanted.slice(0, affords(wanted.length));
      const { samples } = settings;
      asked = { ...asked, rollouts: asked.rollouts + indices.length * samples };
      const request = { program, suite, tasks: suites[suite], indices, samples, firstSample, missedBefore };
      const { rows, tokens } = await executor.roll(request, rolloutOptions(runtime, { generation, suite }));
      asked = { ...asked, tokens: asked.tokens + tokens };
      return resultsOf(rows);
    },
  };
}

/** The results of rows by task, in their order. */
export function resultsOf(rows: readonly RolloutRow[]): Result[] {
  return byTask(rows, ({ task }) => task).map(({ rows: own }) => {
    const scores = own.map(({ score }) => score);
    return { score: meanOfSamples(scores), samples: scores.map((score) => score?.value ?? null) };
  });
}
