import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { TaskAgent } from "../../../agents/agent.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { removeRun } from "../../../runs/keeping/remove.ts";
import { startWorker } from "../../../runs/workers/worker.ts";
import { ReplacedError } from "../../../state/errors.ts";
import { heldReason } from "../../../stores/ledger/attempts.ts";
import { openStore } from "../../../stores/open.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { familyPrefix } from "../../../stores/spaces.ts";
import { buryOwner, houseOn, houseRun } from "../../support/durability/crashes.ts";
import { createMortalStore, type Death } from "../../support/durability/mortal-store.ts";
import { hasRedis, startRedis, type RedisServer } from "../../support/redis-server.ts";
import { createWitnessedAgent, executionsIn, houseParts, houseSettings, houseSuites } from "../../support/world.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-losses-"));
let redis: RedisServer;
let places = 0;

/** Locks that run out soon, so that jobs of a worker that is gone are not waited for. */
const pace = { lock: 200, look: 50 };

function openPlace() {
  places += 1;
  const url = `${redis.url}?prefix=${places}:`;
  const witness = join(folder, `witness-${places}`);
  writeFileSync(witness, "");
  const open = async (): Promise<RecordStore> => {
    const store = await openStore(url);
    onTestFinished(() => store.close());
    return store;
  };
  return { witness, open };
}

/** An agent that counts as one that may end the process, and what becomes of an answer. */
function agentThat(witness: string, onAnswer: (input: string) => Promise<void> | void): TaskAgent {
  const witnessed = createWitnessedAgent(witness);
  return {
    ...witnessed,
    isEmbedded: false,
    async answer(question, ...others) {
      const answer = await witnessed.answer(question, ...others);
      await onAnswer(question.input);
      return answer;
    },
  };
}

describe.skipIf(!hasRedis)("a worker", () => {
  beforeAll(async () => {
    redis = await startRedis({ appendonly: "yes", appendfsync: "always" });
  });
  afterAll(async () => {
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("that ends each time it does one task has that task held, and the run finishes with it missing", async () => {
    const { witness, open } = openPlace();
    const { verifier } = houseParts();
    const poison = houseSuites.validation[3]?.input as string;
    let deaths = 0;
    const start = async (): Promise<void> => {
      const shared = await open();
      let isGone = false;
      const store: RecordStore = {
        ...shared,
        async commit(batch) {
          if (isGone) throw new ReplacedError("The worker is gone, as the test asked.");
          return shared.commit(batch);
        },
      };
      const agent = agentThat(witness, (input) => void (isGone ||= input === poison));
      const worker = await startWorker({ agent, verifier, store, concurrency: 3, pace });
      onTestFinished(() => worker.close().catch(() => undefined));
      worker.ended.catch(() => ((deaths += 1), start()));
    };
    await start();
    const store = await open();
    const settings = { ...houseSettings, generations: 1 };
    const agent = agentThat(witness, () => undefined);
    const run = await optimize({ ...houseOn(store, witness), agent, settings, executor: "queue" });
    const { status, held } = await run.result();
    expect({ status, held }).toEqual({ status: "finished", held: [{ suite: "validation", task: "validation-3" }] });
    // Once beside others, then three to five times alone.
    expect(deaths).toBeGreaterThanOrEqual(4);
    expect(deaths).toBeLessThanOrEqual(6);
    const records = await store.list(`${familyPrefix(run.thread)}attempt/${run.thread}`, {});
    expect(records.filter(({ value }) => value === JSON.stringify(heldReason)).length).toBeGreaterThan(0);
  });

  test("writes nothing that stays for a run that is removed while it works on it", async () => {
    const { witness, open } = openPlace();
    const { verifier } = houseParts();
    let goOn = () => {};
    const removed = new Promise<void>((resolve) => (goOn = resolve));
    const agent = agentThat(witness, () => removed);
    const store = await open();
    const worker = await startWorker({ agent, verifier, store, concurrency: 3, pace: { lock: 60_000, look: 10_000 } });
    const death: Death = { atCommit: Infinity, when: "before" };
    const mortal = createMortalStore(store, death);
    const run = await optimize({ ...houseOn(mortal, witness), agent, executor: "queue" });
    while (executionsIn(witness).length < 3) await sleep(5);
    death.atCommit = mortal.commits + 1;
    run.pause();
    await buryOwner(store);
    await removeRun(houseRun, { store });
    goOn();
    await worker.close();
    await run.result().catch(() => undefined);
    expect(await store.spaces(familyPrefix(run.thread))).toEqual([]);
  });

  test("ends when it is asked to, though Redis is not there", async () => {
    const { witness, open } = openPlace();
    const { agent, verifier } = houseParts(createWitnessedAgent(witness));
    const worker = await startWorker({ agent, verifier, store: await open(), pace });
    await redis.kill();
    try {
      await expect(worker.close()).resolves.toBeUndefined();
    } finally {
      await redis.restart();
    }
  });
});
