import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { draw } from "../state/draw.ts";
import { createMemoryStore } from "../stores/memory.ts";
import { openStore } from "../stores/open.ts";
import { acknowledged, buryOwner, nodeAtWork, paidAgain, runUntilDeath } from "../tests/support/crashes.ts";
import { executionsIn } from "../tests/support/world.ts";
import { printTable } from "./table.ts";

const realKills = 40;

/** Deaths before and after every store write of a three-generation run, and real kills on SQLite. */
export async function runDurability(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-bench-"));
  const newWitness = (name: string) => {
    const file = join(folder, name);
    writeFileSync(file, "");
    return file;
  };
  const whole = await runUntilDeath(createMemoryStore(), newWitness("whole"));
  const totals = { same: 0, again: 0, deaths: 0 };
  const hit = new Map<string, number>();
  for (let atCommit = 1; atCommit <= whole.commits; atCommit += 1) {
    for (const when of ["before", "after"] as const) {
      const store = createMemoryStore();
      const witness = newWitness(`${when}-${atCommit}`);
      await runUntilDeath(store, witness, { atCommit, when });
      const node = await nodeAtWork(store);
      hit.set(node, (hit.get(node) ?? 0) + 1);
      const [count, kept] = [executionsIn(witness).length, await acknowledged(store, witness)];
      await buryOwner(store);
      const { result } = await runUntilDeath(store, witness);
      totals.deaths += 1;
      totals.same += result?.digest === whole.result?.digest ? 1 : 0;
      totals.again += paidAgain(witness, count, kept).length;
    }
  }
  const real = await killForReal(folder, newWitness("real"), whole.result?.digest ?? "");
  printTable(
    ["deaths", "runs that ended in the same digest", "acknowledged calls paid again"],
    [
      [
        `${totals.deaths} in process, before and after each of ${whole.commits} writes`,
        `${totals.same} of ${totals.deaths}`,
        `${totals.again}`,
      ],
      [
        `${real.kills} real kills (SIGKILL) on SQLite in ${real.runs} runs`,
        `${real.same} of ${real.runs}`,
        `${real.again}`,
      ],
    ],
  );
  printTable(
    ["node at work when the store died", "deaths"],
    [...hit].map(([node, count]) => [node, String(count)]),
  );
  rmSync(folder, { recursive: true, force: true });
}

async function killForReal(folder: string, witness: string, digest: string) {
  const child = fileURLToPath(new URL("../tests/support/crash-child.ts", import.meta.url));
  const totals = { kills: 0, runs: 0, same: 0, again: 0 };
  while (totals.kills < realKills) {
    const database = join(folder, `${totals.runs}.db`);
    writeFileSync(witness, "");
    for (let isEnded = false; !isEnded;) {
      const store = await openStore(`file:${database}`);
      const [count, kept] = [executionsIn(witness).length, await acknowledged(store, witness)];
      await store.close();
      const atCommit = 8 + Math.floor(draw(3, totals.kills, "kill-point", 0) * 40);
      const when = draw(3, totals.kills, "kill-point", 1) < 0.5 ? "before" : "after";
      const run = spawnSync(process.execPath, ["--import", "tsx", child, database, witness, String(atCommit), when], {
        encoding: "utf8",
      });
      totals.again += paidAgain(witness, count, kept).length;
      totals.kills += run.signal === "SIGKILL" ? 1 : 0;
      isEnded = run.signal === null;
      if (!isEnded) continue;
      totals.runs += 1;
      totals.same += (JSON.parse(run.stdout) as { digest: string }).digest === digest ? 1 : 0;
    }
  }
  return totals;
}
