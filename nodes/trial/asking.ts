import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { affordable } from "../../policies/budget.ts";
import type { Executor } from "../../rollouts/executor.ts";
import type { RunState } from "../../state/channels.ts";
import type { Hash } from "../../state/json.ts";
import type { Score } from "../../state/task.ts";
import { rolloutOptions } from "../node.ts";

/** What a trial rolls out: a program on tasks of a suite, by index. */
export interface Question {
  program: Hash;
  suite: "train" | "validation";
  indices: readonly number[];
  /** Those that were missing before, for this program or another. */
  missedBefore?: readonly number[];
}

/** Rolls out as much as the budget still holds, from the beginning of the list; counts what it asked for. */
export interface Asking {
  /** One score for each of the first indices, as many as were asked; null where missing. */
  roll(question: Question): Promise<Array<Score | null>>;
  /** How many of so many rollouts the budget holds now. */
  affords(rollouts: number): number;
  spent(): { rollouts: number; tokens: number };
}

/** What is asked for is counted at once, so that questions asked side by side cannot overshoot the budget together. */
export function createAsking(executor: Executor, state: RunState, runtime: LangGraphRunnableConfig): Asking {
  const { settings, suites, generation } = state;
  let asked = { rollouts: 0, tokens: 0 };
  const affords = (wanted: number) => {
    const { rollouts, tokens } = state.spent;
    const soFar = { ...state.spent, rollouts: rollouts + asked.rollouts, tokens: tokens + asked.tokens };
    return affordable(settings, soFar, wanted);
  };
  return {
    spent: () => asked,
    affords,
    async roll({ program, suite, indices: wanted, missedBefore = [] }) {
      const indices = wanted.slice(0, affords(wanted.length));
      asked = { ...asked, rollouts: asked.rollouts + indices.length };
      const request = { program, suite, tasks: suites[suite], indices, sample: 0, missedBefore };
      const { rows, tokens } = await executor.roll(request, rolloutOptions(runtime, { generation, suite }));
      asked = { ...asked, tokens: asked.tokens + tokens };
      return rows.map(({ score }) => score);
    },
  };
}
