import { randomUUID } from "node:crypto";
import type { Sender } from "../../stores/queue/sender.ts";
import type { Doers } from "../../stores/queue/directory.ts";
import type { Performer } from "../perform.ts";
import { jobIdOf, readReply, type Origin, type RolloutJob } from "./job.ts";

interface Needs {
  /** Asked for before the first job. */
  sender(): Promise<Sender>;
  origin: Omit<Origin, "session">;
  doers: Doers;
}

/** Rollouts by workers: each is a job of the queue of agent and verifier. */
export function createQueuePerformer({ sender, origin, doers }: Needs): Performer {
  const from: Origin = { ...origin, session: randomUUID() };
  let opening: Promise<Sender> | undefined;
  let opened: Sender | undefined;
  return {
    inFlight: () => opened?.inFlight() ?? 0,
    // Where it could not be opened, the rollout that asked for it has told that.
    close: async () => (await opening?.catch(() => undefined))?.close(),
    async perform({ program, view, suite, tasks, index, task, sample }, { signal, isOver, tell }) {
      opening ??= sender();
      opened = await opening;
      const visible = view.saw === program ? null : view.skills.map(({ name }) => name);
      const data: RolloutJob = { ...from, ...doers, program, visible, suite, tasks, index, sample };
      return readReply(await opened.send({ id: jobIdOf(data, task), data }, { signal, isOver }), tell);
    },
  };
}
