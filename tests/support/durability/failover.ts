import { setTimeout as sleep } from "node:timers/promises";
import { resume } from "../../../runs/cycle/resume.ts";
import { draw } from "../../../state/draw.ts";
import { openRedisStore } from "../../../stores/drivers/redis-open.ts";
import { startChild } from "../started/child.ts";
import { houseOn, houseRun } from "./crashes.ts";
import { newWitness } from "./kill-points.ts";
import { startProxy } from "./proxy.ts";
import { startRedis } from "../redis-server.ts";

export interface Failover {
  /** How the process on the cut-off primary ended, once it met the new one: `finished`, or why it was refused. */
  end: string;
  /** What the process on the promoted replica ended in. */
  digest: string;
  /** Milliseconds from the promotion until that one had the run. */
  takenAfter: number;
}

/**
 * A process works on a run through the primary, which is then cut off together with it; the replica is promoted, another
 * process takes the run there; then the network heals and the first finds the replica in the primary's place.
 */
export async function failOver(trial: number, folder: string): Promise<Failover> {
  const primary = await startRedis({ appendonly: "yes" });
  const replica = await startRedis({ appendonly: "yes", replicaof: `127.0.0.1 ${primary.port}` });
  const proxy = await startProxy(primary.port);
  const admin = replica.client();
  try {
    while (!(await admin.info("replication")).includes("master_link_status:up")) await sleep(20);
    const child = startChild(
      "durability/run-child.ts",
      `redis://127.0.0.1:${proxy.port}`,
      newWitness(folder, `primary-${trial}`),
    );
    await child.line();
    child.process.stdin?.write("go\n");
    await child.line();
    await sleep(draw(37, trial, "cut", 0) * 500);
    await admin.replicaof("NO", "ONE");
    const promotedAt = performance.now();
    const store = await openRedisStore(replica.url, { create: false });
    const { agent, analyst, verifier } = houseOn(store, newWitness(folder, `replica-${trial}`));
    const run = await resume(houseRun, { agent, analyst, verifier, store, takeOver: true });
    const takenAfter = performance.now() - promotedAt;
    const result = run.result();
    await sleep(draw(37, trial, "heal", 0) * 200);
    proxy.aim(replica.port);
    proxy.set("reset");
    await primary.kill();
    proxy.set("pass");
    const end = await child.line();
    await child.ended;
    const { digest } = await result;
    await store.close();
    return { end, digest, takenAfter };
  } finally {
    await proxy.close();
    await replica.stop();
    await primary.stop();
  }
}
