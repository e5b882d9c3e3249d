import type { Hash } from "../../state/json.ts";
import { Answer, questionOf, RolloutSet, type RolloutRow, type ScoredRollout, type Task } from "../../state/task.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Payload } from "./payload.ts";

/** The rollouts of a stored set, with their questions from the tasks of its suite and their answers from the ledger. */
export async function readScoredRollouts(
  { payload, ledger }: { payload: Payload; ledger: Ledger },
  set: Hash,
  tasks: ReadonlyMap<string, Task>,
): Promise<ScoredRollout[]> {
  const { program, visible, suite, rows } = await payload.json(set, RolloutSet);
  const answers = await ledger.answers(
    rows.filter(({ status }) => status === "answered").map(({ key }) => key),
    Answer,
  );
  return rows.map((row) => {
    const { task: id, sample, status, reason, score } = answers.has(row.key) ? row : lost(row);
    const task = tasks.get(id) as Task;
    const rollout = { program, visible: seenIn(row, visible), suite, task: id, sample, status };
    const answer = answers.get(row.key) ?? null;
    return {
      rollout: reason === undefined ? { ...rollout, answer } : { ...rollout, answer, reason },
      question: questionOf(task),
      expected: task.expected ?? null,
      score,
    };
  });
}

/** What the agent of a rollout could see. */
function seenIn({ visible: names }: RolloutRow, all: RolloutSet["visible"]): RolloutSet["visible"] {
  if (names === undefined) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/** A rollout whose answer the store had and has no more counts as missing from now on. */
function lost(row: RolloutRow): RolloutRow {
  if (row.status === "missing") return row;
  return { ...row, status: "missing", reason: "the store has lost its answer", score: null };
}
