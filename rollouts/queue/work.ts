import type { TaskAgent } from "../../agents/agent.ts";
import { DamageError, StateError, StoreError } from "../../state/errors.ts";
import { hashJson } from "../../state/json.ts";
import { questionOf, TaskList } from "../../state/task.ts";
import type { Ledger } from "../../stores/ledger/ledger.ts";
import type { WorkerAttempts } from "../../stores/ledger/worker-attempts.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Given } from "../../stores/queue/receiver.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { createPerformer, type Performer } from "../perform.ts";
import type { Watch } from "../roll-out.ts";
import { loneSlot } from "../slots.ts";
import { partOf } from "../views.ts";
import { parseJob, replyOf, type Origin, type RolloutJob } from "./job.ts";

/** A run as a worker sees it. */
export interface WorkRoom {
  payload: Payload;
  ledger: Ledger;
  attempts: Pick<WorkerAttempts, "announce">;
}

interface Needs {
  agent: TaskAgent;
  verifier: Verifier;
  /** Does something in the run that a job comes from. Throws where there is no such run, before and after. */
  inRoom<Value>(origin: Origin, work: (room: WorkRoom) => Promise<Value>): Promise<Value>;
  /** Whether nothing more is to be begun. */
  isOver(): boolean;
}

/**
 * Does the job of a queue as the run would do the rollout itself, with the run's ledger, and gives the text of the reply. Throws where
 * this worker cannot reach the store, which says nothing of the work, and an AbortError where it is over before the job was begun:
 * another worker is to do it.
 */
export function createWork({ agent, verifier, inRoom, isOver }: Needs): (job: Given) => Promise<string> {
  const performers = new WeakMap<WorkRoom, Performer>();
  const doers = { agent: agent.fingerprint, verifier: verifier.fingerprint };

  async function rollOut(job: RolloutJob, room: WorkRoom, given: Pick<Watch, "tell"> & Pick<Given, "wasLost">) {
    const { ledger, payload, attempts } = room;
    const performer = performers.get(room) ?? createPerformer({ agent, verifier, ledger });
    performers.set(room, performer);
    const { program, visible, suite, tasks, index, sample } = job;
    const task = (await payload.json(tasks, TaskList))[index];
    if (task === undefined) throw new StateError(`There is no task at ${index} of the ${suite} suite.`);
    const clear = attempts.announce(hashJson(questionOf(task)), given.wasLost);
    const view = partOf(program, await payload.program(program), visible);
    const { tell } = given;
    const watch = { signal: new AbortController().signal, isOver, slot: loneSlot, tell };
    // Its answer may have been stored, so that there is nothing to attempt.
    return performer.perform({ program, view, suite, tasks, index, task, sample }, watch).finally(clear);
  }

  return async ({ data, wasLost }) => {
    const told: string[] = [];
    const tell = (message: string) => void told.push(message);
    try {
      const job = parseJob(data, doers);
      return replyOf({ rolledOut: await inRoom(job, (room) => rollOut(job, room, { tell, wasLost })) }, told);
    } catch (error) {
      const isLost = error instanceof StoreError && !(error instanceof DamageError) && !error.isHostFault;
      if (isLost || (isOver() && (error as Error).name === "AbortError")) throw error;
      return replyOf({ error }, told);
    }
  };
}
