import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { draw } from "../../state/draw.ts";
import { openStore } from "../../stores/open.ts";
import { compiled } from "../../tests/support/started/compiled.ts";
import { acknowledged, paidAgain } from "../../tests/support/durability/crashes.ts";
import { killAtWrites, newWitness } from "../../tests/support/durability/kill-points.ts";
import { gates, loopRuns, recipeRuns, type HouseRun } from "../../tests/support/house-runs.ts";
import { startRedis } from "../../tests/support/redis-server.ts";
import { drivers } from "../../tests/support/stores.ts";
import { executionsIn } from "../../tests/support/world.ts";
import { killLoop } from "./langgraph/kills.ts";
import { saverName } from "./langgraph/loop.ts";
import { shareOf, type Finding, type Trial, type TrialOptions } from "./trial.ts";
import { wholeDigest } from "./whole.ts";

export const deaths = deathTrial({
  name: "writes",
  runs: loopRuns,
  where: "of the default recipe, with every gate, other parts and other policies",
});

export const deathsInRecipes = deathTrial({
  name: "writes-of-recipes",
  runs: recipeRuns,
  where: "of every other recipe",
});

function deathTrial({ name, runs, where }: { name: string; runs: readonly HouseRun[]; where: string }): Trial {
  return {
    id: "T2",
    name,
    what: `the store dies before and after every write of a run of a few generations ${where}; it is then resumed, on every store`,
    run: (options) => killRunsAtWrites(runs, options),
  };
}

async function killRunsAtWrites(
  runs: readonly HouseRun[],
  { share, folder, progress }: TrialOptions,
): Promise<Finding> {
  const problems: string[] = [];
  const nodes = new Set<string>();
  let [count, again, different, done] = [0, 0, 0, 0];
  const setups = runs.flatMap((run) =>
    (run.gates ?? gates).flatMap((gate) => drivers.map((driver) => ({ run, gate, driver }))),
  );
  // The whole trial is two deaths at each write.
  const stride = share >= 1 ? 0.5 : Math.ceil(0.5 / share);
  for (const { run, gate, driver } of setups) {
    const found = await killAtWrites({ setup: { run, gate }, open: driver.open, folder, stride });
    done += 1;
    count += found.deaths;
    again += found.paidAgain;
    different += found.different;
    for (const node of found.nodes.keys()) nodes.add(node);
    problems.push(...found.problems.map((problem) => `${run.name}, ${gate}, ${driver.name}: ${problem}`));
    progress(done, setups.length);
  }
  const figures = {
    deaths: `${count}, in ${nodes.size} nodes and phases`,
    "runs, gates and stores": `${setups.length} combinations`,
    "the same digest": `${count - different} of ${count}`,
    "acknowledged calls paid again": `${again}`,
  };
  return { figures, problems };
}

export const kills = killTrial({
  name: "kills",
  where: "SQLite",
  open: async (folder) => ({ urlOf: (run) => `file:${join(folder, `${run}.db`)}`, close: async () => undefined }),
  langgraph: { [`${saverName}, sync`]: killLoop("sync"), [`${saverName}, async`]: killLoop("async") },
});

export const killsOnRedis = killTrial({
  name: "kills-on-redis",
  where: "Redis with `appendfsync always`",
  async open() {
    const server = await startRedis({ appendonly: "yes", appendfsync: "always" });
    return { urlOf: (run) => `${server.url}?prefix=${run}:`, close: () => server.stop() };
  },
});

/** A store for each of many runs. */
interface Stores {
  urlOf(run: number): string;
  close(): Promise<void>;
}

interface KillTrial extends Pick<Trial, "name" | "langgraph"> {
  where: string;
  open(folder: string): Promise<Stores>;
}

function killTrial({ name, where, open, ...others }: KillTrial): Trial {
  return {
    id: "T1",
    name,
    what: `SIGKILL of a real process on ${where} at drawn writes, again and again until the run ends; 200 kills`,
    ...others,
    async run(options): Promise<Finding> {
      const stores = await open(options.folder);
      try {
        return await killRuns(stores, options);
      } finally {
        await stores.close();
      }
    },
  };
}

async function killRuns({ urlOf }: Stores, { share, folder, progress }: TrialOptions): Promise<Finding> {
  const digest = await wholeDigest(folder);
  const child = compiled("tests/support/durability/crash-child.ts");
  const witness = newWitness(folder, "real");
  const problems: string[] = [];
  let [attempts, killed, runs, again, lost] = [0, 0, 0, 0, 0];
  const count = shareOf(200, share);
  while (killed < count) {
    writeFileSync(witness, "");
    for (let isEnded = false; !isEnded;) {
      const store = await openStore(urlOf(runs));
      const [calls, kept] = [executionsIn(witness).length, await acknowledged(store, witness)];
      lost += new Set(executionsIn(witness)).size - kept.size;
      await store.close();
      const atCommit = 8 + Math.floor(draw(3, attempts, "kill-point", 0) * 40);
      const when = draw(3, attempts, "kill-point", 1) < 0.5 ? "before" : "after";
      const words = [child, urlOf(runs), witness, String(atCommit), when];
      const run = spawnSync(process.execPath, words, { encoding: "utf8" });
      attempts += 1;
      again += paidAgain(witness, calls, kept).length;
      killed += run.signal === "SIGKILL" ? 1 : 0;
      progress(Math.min(killed, count), count);
      isEnded = run.signal === null;
      if (!isEnded) continue;
      runs += 1;
      const end = JSON.parse(run.stdout) as { digest: string };
      if (end.digest !== digest) problems.push(`run ${runs}: another result`);
    }
  }
  const sameDigest = runs - problems.length;
  if (again > 0) problems.push(`${again} acknowledged calls were paid again`);
  const figures = {
    kills: `${killed} in ${runs} runs`,
    "the same digest": `${sameDigest} of ${runs} runs`,
    "acknowledged calls paid again": `${again}`,
    "in flight at a kill": `${(lost / Math.max(1, killed)).toFixed(2)} a kill`,
  };
  return { figures, problems };
}
