import { createSession, openRuns } from "../../../runs/session.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { readRunRecord } from "../../../runs/run-record.ts";
import type { RunResult } from "../../../runs/result.ts";
import type { Hash } from "../../../state/json.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { answerSpace, threadSpace } from "../../../stores/spaces.ts";
import { createMortalStore, type Death } from "./mortal-store.ts";
import { houseRuns, settingsWith, type Gate, type HouseRun } from "../house-runs.ts";
import { createWitnessedAgent, executionsIn, houseProgram, houseSuites } from "../world.ts";

export const houseRun = "house";

/** What is run, and the gate in it. */
export interface Setup {
  run: HouseRun;
  gate: Gate;
}

const usual: Setup = { run: houseRuns[0] as HouseRun, gate: "strict" };

/** The run of the crash suites, on a store that may die; the executions go to a file. */
export function houseOn(store: RecordStore, witness: string, { run, gate }: Setup = usual) {
  return {
    ...run.parts(createWitnessedAgent(witness, run.agent)),
    program: houseProgram,
    tasks: houseSuites,
    settings: settingsWith(run, gate),
    run: houseRun,
    store,
    concurrency: 4,
  };
}

/** Runs until the store dies or the run ends. Gives the result, or undefined where it died. */
export async function runUntilDeath(
  store: RecordStore,
  witness: string,
  { death, setup = usual }: { death?: Death; setup?: Setup } = {},
): Promise<{ result?: RunResult; commits: number }> {
  return untilDeath(store, death, async (mortal) => (await optimize(houseOn(mortal, witness, setup))).result());
}

/** Works on a store that may die, until it does or the work is done. */
export async function untilDeath<Result>(
  store: RecordStore,
  death: Death | undefined,
  work: (mortal: RecordStore) => Promise<Result>,
): Promise<{ result?: Result; commits: number }> {
  const mortal = createMortalStore(store, death);
  try {
    return { result: await work(mortal), commits: mortal.commits };
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("The store died"))) throw error;
    return { commits: mortal.commits };
  }
}

/** What a dead process leaves behind is an owner that does not live; here the process lives on, so the owner is taken away. */
export async function buryOwner(store: RecordStore, run = houseRun): Promise<void> {
  const place = await openRuns(store).registry.find(run);
  if (place !== undefined) await store.commit([{ space: threadSpace(place.family, place.thread), delete: ["owner"] }]);
}

/** The node that was at work: the one LangGraph would run next. */
export async function nodeAtWork(store: RecordStore, { run }: Setup = usual): Promise<string> {
  const runs = openRuns(store);
  const place = await runs.registry.find(houseRun);
  const record = place === undefined ? undefined : await readRunRecord(store, place);
  if (place === undefined || record === undefined) return "creation";
  const session = await createSession({
    runs,
    place,
    parts: run.parts(run.agent),
    settings: record.input.settings,
    concurrency: 1,
  });
  const { tasks, values } = await session.graph.getState(session.config);
  return tasks[0]?.name ?? (Object.keys(values as object).length === 0 ? "start" : "end");
}

/** Of the executions so far, those whose answers are in the store: acknowledged, never to be paid again. */
export async function acknowledged(store: RecordStore, witness: string): Promise<Set<Hash>> {
  const place = await openRuns(store).registry.find(houseRun);
  const kept = new Set<Hash>();
  if (place === undefined) return kept;
  for (const hash of new Set(executionsIn(witness))) {
    if ((await store.get(answerSpace(place.family, hash), ["answer"])).size > 0) kept.add(hash);
  }
  return kept;
}

/** Executions after the first `count` lines of what was acknowledged by then: must be none. */
export function paidAgain(witness: string, count: number, before: ReadonlySet<Hash>): Hash[] {
  return executionsIn(witness)
    .slice(count)
    .filter((hash) => before.has(hash));
}
