import { failOver } from "../../tests/support/durability/failover.ts";
import { killStorm, networkStorm } from "../../tests/support/durability/storms.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";
import { wholeDigest } from "./whole.ts";

export const redisKills: Trial = {
  id: "T4",
  name: "redis-kills",
  what: "SIGKILL of the Redis server under writers; 50 times with appendfsync always, 50 times with everysec",
  async run({ share, progress }): Promise<Finding> {
    const count = shareOf(50, share);
    const storm = (appendfsync: "always" | "everysec", before: number) =>
      killStorm({ kills: count, appendfsync, seed: 7, onKill: (done) => progress(before + done, 2 * count) });
    const always = await storm("always", 0);
    const everysec = await storm("everysec", count);
    const problems: string[] = [];
    if (always.lost > 0) problems.push(`always: ${always.lost} acknowledged commits lost`);
    for (const [name, { misjudged }] of Object.entries({ always, everysec })) {
      if (misjudged > 0) problems.push(`${name}: ${misjudged} commits happened twice or were told wrong`);
    }
    const figures = {
      "acknowledged (always)": `${always.acknowledged}`,
      "lost (always)": `${always.lost}`,
      "acknowledged (everysec)": `${everysec.acknowledged}`,
      "lost (everysec)": `${everysec.lost}`,
      "told wrong": `${always.misjudged + everysec.misjudged}`,
    };
    return { figures, problems };
  },
};

export const network: Trial = {
  id: "T8",
  name: "network",
  what: "the network to Redis drops, delays, cuts and resets, through a proxy; 200 episodes",
  async run({ share, progress }): Promise<Finding> {
    const count = shareOf(200, share);
    const { episodes, runs, same, twice, paidAgain, unhandled } = await networkStorm({
      episodes: count,
      seed: 7,
      onEpisode: (done) => progress(done, count),
    });
    const problems: string[] = [];
    if (same < runs) problems.push(`${runs - same} runs ended in another result`);
    if (twice + paidAgain + unhandled > 0)
      problems.push(`${twice} twice, ${paidAgain} paid again, ${unhandled} unhandled`);
    const figures = {
      episodes: `${episodes} over ${runs} runs`,
      "the same digest": `${same} of ${runs}`,
      "commits that happened twice": `${twice}`,
      "calls paid again": `${paidAgain}`,
      "unhandled rejections": `${unhandled}`,
    };
    return { figures, problems };
  },
};

export const failover: Trial = {
  id: "T5",
  name: "failover",
  what: "a process is cut off together with the primary, another takes its run on the promoted replica, then the network heals; 20 times",
  async run({ share, folder, progress }): Promise<Finding> {
    const digest = await wholeDigest(folder);
    const count = shareOf(20, share);
    const problems: string[] = [];
    const ends = { lost: 0, fenced: 0 };
    let slowest = 0;
    for (let trial = 0; trial < count; trial += 1) {
      const result = await failOver(trial, folder);
      slowest = Math.max(slowest, result.takenAfter);
      if (result.end.startsWith("fenced")) ends.fenced += 1;
      else if (result.end.includes("has lost acknowledged writes")) ends.lost += 1;
      else problems.push(`trial ${trial}: the process that was cut off ended with ${result.end}`);
      if (result.digest !== digest) problems.push(`trial ${trial}: another result`);
      if (result.takenAfter > 10_000) problems.push(`trial ${trial}: taken after ${Math.round(result.takenAfter)} ms`);
      progress(trial + 1, count);
    }
    const figures = {
      failovers: `${count}`,
      "cut-off process refused: its lease is lost": `${ends.fenced}`,
      "or its acknowledged commits are": `${ends.lost}`,
      "run taken on the replica after at most": `${(slowest / 1000).toFixed(1)} s`,
    };
    return { figures, problems };
  },
};
