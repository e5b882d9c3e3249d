import { join } from "node:path";
import { makeZombie, startRivals } from "../../tests/support/durability/zombies.ts";
import { saverName } from "./langgraph/loop.ts";
import { raceLoop } from "./langgraph/rivals.ts";
import { wholeDigest } from "./whole.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";

export const zombies: Trial = {
  id: "T7",
  name: "zombies",
  what: "a process at work is stopped past its lease, another finishes the run, then the first goes on; 100 times, SQLite",
  async run({ share, folder, progress }): Promise<Finding> {
    const digest = await wholeDigest(folder);
    const problems: string[] = [];
    let [extra, fenced, most] = [0, 0, 0];
    const count = shareOf(100, share);
    for (let trial = 0; trial < count; trial += 1) {
      const url = `file:${join(folder, `zombie-${trial}.db`)}`;
      const result = await makeZombie(trial, { url, folder });
      extra += result.extraCalls;
      most = Math.max(most, result.extraCalls);
      // A run that ended before it was stopped is no zombie.
      if (result.end === "fenced") fenced += 1;
      else if (result.end !== "finished") problems.push(`trial ${trial}: the zombie ended with ${result.end}`);
      if (result.digest !== digest) problems.push(`trial ${trial}: another result`);
      if (result.extraCalls > result.concurrency) problems.push(`trial ${trial}: ${result.extraCalls} extra calls`);
      progress(trial + 1, count);
    }
    const figures = {
      fenced: `${fenced} of ${count}`,
      "calls after the lease was lost": `${extra}, at most ${most} a zombie`,
    };
    return { figures, problems };
  },
};

export const rivals: Trial = {
  id: "T6",
  name: "rivals",
  what: "2 and 8 processes take up the same run at the same moment; 100 times each, SQLite",
  langgraph: { [`${saverName}, sync`]: raceLoop("sync"), [`${saverName}, async`]: raceLoop("async") },
  async run({ share, folder, progress }): Promise<Finding> {
    const digest = await wholeDigest(folder);
    const problems: string[] = [];
    let [extra, refused] = [0, 0];
    const count = shareOf(100, share);
    let done = 0;
    for (const processes of [2, 8]) {
      for (let trial = 0; trial < count; trial += 1) {
        const name = `rivals-${processes}-${trial}`;
        const url = `file:${join(folder, `${name}.db`)}`;
        const result = await startRivals(processes, { url, witness: join(folder, name) });
        extra += result.calls - result.unique;
        refused += result.ends.filter((end) => end === "owned").length;
        const odd = result.ends.filter((end) => end !== "owned" && end !== "finished");
        problems.push(...odd.map((end) => `${name}: ended with ${end}`));
        if (result.digest !== digest) problems.push(`${name}: another result`);
        if (result.calls > result.unique) problems.push(`${name}: ${result.calls - result.unique} calls paid twice`);
        done += processes;
        progress(done, 10 * count);
      }
    }
    const figures = {
      runs: `${2 * count}`,
      "processes refused, naming the owner": `${refused}`,
      "extra calls": `${extra}`,
    };
    return { figures, problems };
  },
};
