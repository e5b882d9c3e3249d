import type { RunnableConfig } from "@langchain/core/runnables";
import { membersOf } from "../../stores/payload/members.ts";
import { columnsOf, measuredOf } from "../../stores/payload/opened.ts";
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
    await payload.verify(await needsOfTrial(state as RunState, payload));
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
  const { deficiencies, memories, record } = state;
  return {
    programs: [head, ...parents, ...(ancestor === null ? [] : [ancestor]), ...candidates.map(({ program }) => program)],
    values: [
      archive,
      measured,
      columns,
      deficiencies,
      memories,
      record?.entry ?? null,
      rollouts,
      failures,
      ...replay,
      ...candidates.map(({ edits }) => edits),
    ].filter((hash) => hash !== null),
  };
}

/** What the archive, the columns and the results of the candidates refer to. */
async function needsOfTrial(state: RunState, payload: Payload) {
  const [members, columns, measured] = await Promise.all([
    membersOf(state, payload),
    columnsOf(state, payload),
    measuredOf(state, payload),
  ]);
  const evidence = measured.flatMap(({ candidate, stages }) => [candidate.edits, ...stages.map((one) => one.evidence)]);
  const known = [...members, ...columns, ...measured].flatMap(({ column }) => (column === null ? [] : [column]));
  return {
    programs: [...members.map(({ program }) => program), ...measured.map(({ candidate }) => candidate.program)],
    values: [...known, ...evidence],
  };
}
