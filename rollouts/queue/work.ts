import type { TaskAgent } from "../../agents/agent.ts";
import { DamageError, StateError, StoreError } from "../../state/errors.ts";
import { TaskList } from "../../state/task.ts";
import type { Ledger } from "../../stores/ledger/ledger.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { createPerformer, type Performer } from "../perform.ts";
import type { RolledOut } from "../roll-out.ts";
import { loneSlot } from "../slots.ts";
import { partOf } from "../views.ts";
import { parseJob, replyOf, type Origin, type RolloutJob } from "./job.ts";

/** A run as a worker sees it. */
export interface WorkRoom {
  payload: Payload;
  ledger: Ledger;
}

interface Needs {
  agent: TaskAgent;
  verifier: Verifier;
  /** The run that a job comes from. */
  room(origin: Origin): Promise<WorkRoom>;
}

/**
 * Does the job of a queue as the run would do the rollout itself, with the run's ledger, and gives the text of the reply. Throws where
 * this worker cannot reach the store, which says nothing of the work: another worker is to do it.
 */
export function createWork({ agent, verifier, room }: Needs): (data: unknown) => Promise<string> {
  const performers = new WeakMap<WorkRoom, Performer>();
  const doers = { agent: agent.fingerprint, verifier: verifier.fingerprint };

  async function rollOut(job: RolloutJob, tell: (message: string) => void): Promise<RolledOut> {
    const found = await room(job);
    const { ledger, payload } = found;
    const performer = performers.get(found) ?? createPerformer({ agent, verifier, ledger });
    performers.set(found, performer);
    const { program, visible, suite, tasks, index, sample } = job;
    const task = (await payload.json(tasks, TaskList))[index];
    if (task === undefined) throw new StateError(`There is no task at ${index} of the ${suite} suite.`);
    const view = partOf(program, await payload.program(program), visible);
    const watch = { signal: new AbortController().signal, isOver: () => false, slot: loneSlot, tell };
    return performer.perform({ program, view, suite, tasks, index, task, sample }, watch);
  }

  return async (data) => {
    const told: string[] = [];
    try {
      return replyOf({ rolledOut: await rollOut(parseJob(data, doers), (message) => told.push(message)) }, told);
    } catch (error) {
      const isLost = error instanceof StoreError && !(error instanceof DamageError) && !error.isHostFault;
      if (isLost) throw error;
      return replyOf({ error }, told);
    }
  };
}
