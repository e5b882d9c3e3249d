import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { endUndisturbed, raiseStorm } from "../../tests/support/durability/attacks/real-storm.ts";
import { simulateStorm, storms } from "../../tests/support/durability/attacks/storm.ts";
import { startRedis } from "../../tests/support/redis-server.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";

const inFlight = [1, 4, 16, 64];

/** Kills a run of real processes gets before it may end, and how long a task of it takes, in milliseconds. */
const killsOfRun = 20;
const length = 100;

/** How old sessions get, in lengths of a task: of five runs three are never given the time to finish one. */
const reaches = [0.9, 0.9, 4, 0.9, 10];

export const storm: Trial = {
  id: "T19",
  name: "storm",
  what: "200 kills from outside, in virtual time, by four kinds of killers, of four kinds of work, with 1, 4, 16 and 64 tasks in flight; then 200 times SIGKILL of real processes on SQLite, and 200 on Redis, most in sessions too short to finish a task",
  async run({ share, folder, progress }): Promise<Finding> {
    const kills = shareOf(200, share);
    const runs = Math.ceil(kills / killsOfRun);
    const all = storms.length * inFlight.length + 2 * runs;
    let done = 0;
    const onRun = () => progress((done += 1), all);
    const virtual = await simulateStorms(kills, onRun);
    const real = await killSessions({ kills, folder, onRun });
    const figures = {
      "runs in virtual time": `${storms.length * inFlight.length}, with ${virtual.kills} kills`,
      "runs of real processes": `${real.runs}, with ${real.kills} kills`,
      "the same digest": `${real.same} of ${real.runs}`,
      "acknowledged calls paid again": `${real.again} of ${real.answered}`,
      "tasks held": `${virtual.held + real.held}`,
    };
    return { figures, problems: [...virtual.problems, ...real.problems] };
  },
};

async function simulateStorms(kills: number, onRun: () => void) {
  const found = { kills: 0, held: 0, problems: [] as string[] };
  for (const each of storms) {
    for (const concurrency of inFlight) {
      const end = await simulateStorm({ seed: 19, kills, concurrency, ...each });
      found.kills += end.kills;
      found.held += end.held.length;
      const place = `${each.name}, ${concurrency} in flight`;
      if (end.held.length > 0) found.problems.push(`${place}: ${end.held.length} tasks were held`);
      if (end.answered < each.tasks.length)
        found.problems.push(`${place}: ${end.answered} of ${each.tasks.length} answered`);
      onRun();
    }
  }
  return found;
}

async function killSessions({ kills, folder, onRun }: { kills: number; folder: string; onRun(): void }) {
  const found = { runs: 0, kills: 0, same: 0, answered: 0, again: 0, held: 0, problems: [] as string[] };
  // Sessions run what is built.
  execFileSync("npm", ["run", "--silent", "build"], { cwd: new URL("../..", import.meta.url) });
  const witness = join(folder, "storm");
  writeFileSync(witness, "");
  const { digest } = await endUndisturbed(witness);
  const server = await startRedis({ appendonly: "yes", appendfsync: "always" });
  const stores = [
    { name: "SQLite", urlOf: (run: number) => `file:${join(folder, `storm-${run}.db`)}` },
    { name: "Redis", urlOf: (run: number) => `${server.url}?prefix=${run}:` },
  ];
  try {
    for (const { name, urlOf } of stores) {
      for (let run = 0; run * killsOfRun < kills; run += 1) {
        const killed = Math.min(killsOfRun, kills - run * killsOfRun);
        const end = await raiseStorm({
          seed: run,
          url: urlOf(run),
          witness,
          kills: killed,
          concurrency: inFlight[(run + 3) % inFlight.length] as number,
          length,
          reach: reaches[run % reaches.length] as number,
        });
        found.runs += 1;
        found.kills += killed;
        found.answered += end.answered;
        found.again += end.paidAgain.length;
        found.held += end.held.length;
        found.same += end.digest === digest ? 1 : 0;
        const place = `${name}, run ${run}`;
        if (end.digest !== digest) found.problems.push(`${place}: ${end.status} with another result`);
        if (end.held.length > 0) found.problems.push(`${place}: ${end.held.length} tasks were held`);
        if (end.paidAgain.length > 0) found.problems.push(`${place}: ${end.paidAgain.length} calls were paid again`);
        onRun();
      }
    }
  } finally {
    await server.stop();
  }
  return found;
}
