import { runOnFullDisk, runUnderClockJumps } from "../../tests/support/durability/adversity.ts";
import { recordMoments, tryCorruption } from "../../tests/support/durability/corruption.ts";
import { simulateMany } from "../../tests/support/durability/simulation.ts";
import { damageRows, fillDisk } from "./langgraph/damage.ts";
import { saverName } from "./langgraph/loop.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";
import { wholeDigest } from "./whole.ts";

/** Calls a run of the trials has in flight at most. */
const inFlight = 4;

export const disk: Trial = {
  id: "T9",
  name: "disk",
  what: "the disk is full from some page of the SQLite file on, from 1 to 100 in steps of 4, until there is room again",
  langgraph: { [`${saverName}, sync`]: fillDisk("sync"), [`${saverName}, async`]: fillDisk("async") },
  async run({ share, folder, progress }): Promise<Finding> {
    const digest = await wholeDigest(folder);
    const problems: string[] = [];
    let [full, most] = [0, 0];
    const room = shareOf(100, share);
    for (let pages = 1; pages <= room; pages += 4) {
      const result = await runOnFullDisk(pages, folder);
      full += result.wasFull ? 1 : 0;
      most = Math.max(most, result.callsAfterFailure);
      if (result.digest !== digest) problems.push(`${pages} pages: another result`);
      if (result.callsAfterFailure > inFlight)
        problems.push(`${pages} pages: ${result.callsAfterFailure} calls after it`);
      progress(pages, room);
    }
    return { figures: { "runs that met a full disk": `${full}`, "calls begun after it": `at most ${most}` }, problems };
  },
};

export const clock: Trial = {
  id: "T10",
  name: "clock",
  what: "the time of day jumps by -1 day to +1 day at every commit, in runs that die and go on; 100 runs",
  async run({ share, folder, progress }): Promise<Finding> {
    const digest = await wholeDigest(folder);
    const problems: string[] = [];
    let again = 0;
    const count = shareOf(100, share);
    for (let trial = 0; trial < count; trial += 1) {
      const result = await runUnderClockJumps(trial, folder);
      again += result.calls - result.unique;
      if (result.digest !== digest) problems.push(`trial ${trial}: another result`);
      progress(trial + 1, count);
    }
    return { figures: { runs: `${count}`, "calls in flight at a death, paid again": `${again}` }, problems };
  },
};

export const corruption: Trial = {
  id: "T11",
  name: "corruption",
  what: "one record of a run at a drawn moment is flipped, cut, emptied, swapped or deleted, then the run is resumed; 1,000 times",
  langgraph: { [saverName]: damageRows },
  async run({ share, progress }): Promise<Finding> {
    const recorded = await recordMoments([30, 60, 90, 120, 140]);
    const counts = new Map<string, number>();
    const problems: string[] = [];
    let [damaged, detected] = [0, 0];
    const count = shareOf(1000, share);
    for (let trial = 0; trial < count; trial += 1) {
      const result = await tryCorruption(trial, recorded);
      counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
      damaged += result.isDetected === null ? 0 : 1;
      detected += result.isDetected === true ? 1 : 0;
      const isBad = ["silent", "crashed"].includes(result.outcome) || result.isDetected === false;
      if (isBad) problems.push(`trial ${trial}: ${result.kind} of ${result.key}: ${result.outcome} ${result.message}`);
      progress(trial + 1, count);
    }
    const figures = {
      "damage detected": `${detected} of ${damaged}`,
      "the same result": `${counts.get("same result") ?? 0}`,
      "another result, with what was lost": `${counts.get("told") ?? 0}`,
      refused: `${counts.get("refused") ?? 0}`,
      "accepted in silence": `${counts.get("silent") ?? 0}`,
    };
    return { figures, problems };
  },
};

export const simulation: Trial = {
  id: "T16",
  name: "simulation",
  what: "three processes over one store in virtual time, with lost requests and replies, kills and stops; 10,000 seeds",
  async run({ share, progress }): Promise<Finding> {
    const count = shareOf(10_000, share);
    const onSeed = (done: number) => progress(done, count);
    const { problems, kills, stops, executions, unacknowledged } = await simulateMany(1, count, onSeed);
    const figures = {
      seeds: `${count}`,
      violations: `${problems.length}`,
      kills: `${kills}`,
      stops: `${stops}`,
      calls: `${executions}`,
      "paid again, none of them acknowledged": `${unacknowledged}`,
    };
    return { figures, problems };
  },
};
