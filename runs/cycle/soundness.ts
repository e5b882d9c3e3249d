import type { RunnableConfig } from "@langchain/core/runnables";
import { membersOf } from "../../stores/payload/members.ts";
import type { RunState } from "../../state/channels.ts";
import { DamageError } from "../../state/errors.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Session } from "../session.ts";

/**
 * Where to go on from: the last checkpoint whose programs, tasks, rollouts and archive can all be read. Nodes after it run again
 * and store anew what was damaged; what they paid for is in the ledger. Throws a DamageError where the tasks or the
 * program the run started from are damaged, as every checkpoint needs them.
 */
export async function lastSound({ runs, place, payload, config }: Session): Promise<RunnableConfig> {
  const { store, saver } = runs;
  let passedOver = 0;
  for await (const tuple of saver.list({ configurable: { ...config.configurable, checkpoint_ns: "" } })) {
    const state = tuple.checkpoint.channel_values as Partial<RunState>;
    if (state.suites !== undefined) await payload.verify(needsOfRun(state as RunState));
    const damage = await damageIn(payload, state);
    if (damage === undefined) return passedOver === 0 ? config : tuple.config;
    passedOver += 1;
    store.warnings.add(
      `Run "${place.name}" falls back to the previous checkpoint, because the last one refers to a record that cannot be read. ${damage.message}`,
    );
  }
  return config;
}

async function damageIn(payload: Payload, state: Partial<RunState>): Promise<DamageError | undefined> {
  if (state.generation === undefined) return undefined;
  try {
    await payload.verify(needsOfStep(state as RunState));
    const members = await membersOf(state as RunState, payload);
    await payload.verify({
      programs: members.map(({ program }) => program),
      values: members.flatMap(({ column }) => (column === null ? [] : [column])),
    });
    return undefined;
  } catch (error) {
    if (error instanceof DamageError) return error;
    throw error;
  }
}

function needsOfRun({ start, suites }: RunState) {
  return { programs: [start], values: Object.values(suites).map(({ hash }) => hash) };
}

function needsOfStep(state: RunState) {
  const { head, parents, ancestor, candidates, measured, columns, archive, rollouts, failures, replay } = state;
  const made = [...candidates, ...measured.map(({ candidate }) => candidate)];
  const evidence = measured.flatMap(({ stages, column }) => [column, ...stages.map((stage) => stage.evidence)]);
  const known = columns.map(({ column }) => column);
  return {
    programs: [head, ...parents, ...(ancestor === null ? [] : [ancestor]), ...made.map(({ program }) => program)],
    values: [archive, rollouts, failures, ...replay, ...known, ...evidence, ...made.map(({ edits }) => edits)].filter(
      (hash) => hash !== null,
    ),
  };
}
