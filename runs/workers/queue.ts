import { createExecutor, type Executor, type ExecutorNeeds } from "../../rollouts/executor.ts";
import { createQueuePerformer } from "../../rollouts/queue/queue-performer.ts";
import type { Account } from "../../stores/ledger/account.ts";
import { queuePlaceOf } from "../../stores/queue/bullmq.ts";
import { queueNameOf, registerQueue, type Doers } from "../../stores/queue/directory.ts";
import { openSender, type Sender } from "../../stores/queue/sender.ts";
import { whyNobodyWorks } from "./others.ts";
import type { RecordStore } from "../../stores/record-store.ts";

interface Setting {
  store: RecordStore;
  place: { thread: string; family: string };
  books: { account: Account };
}

/** Rollouts by workers. Throws a SettingsError for a store that workers cannot share. */
export function createQueueExecutor(needs: ExecutorNeeds, { store, place, books }: Setting): Executor {
  queuePlaceOf(store);
  const doers: Doers = { agent: needs.agent.fingerprint, verifier: needs.verifier.fingerprint };
  const origin = { run: place.thread, family: place.family };
  const executor = createExecutor(
    needs,
    createQueuePerformer({ sender: () => openQueue(store, doers), origin, doers }),
  );
  return {
    ...executor,
    async roll(request, options) {
      try {
        return await executor.roll(request, options);
      } finally {
        // Where the store is what failed, that was thrown before.
        await books.account.refresh().catch(() => undefined);
      }
    },
  };
}

/** A sender to the queue of these, which from now on workers can find. */
async function openQueue(store: RecordStore, doers: Doers): Promise<Sender> {
  await registerQueue(store, doers);
  const onStill = async () => {
    const why = await whyNobodyWorks(store, doers);
    if (why !== undefined) store.warnings.add(why);
  };
  return openSender(store, queueNameOf(doers), { onStill });
}
