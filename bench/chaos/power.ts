import { hasRedis } from "../../tests/support/redis-server.ts";
import { cutRedisPower } from "../../tests/support/durability/power/redis-power.ts";
import { cutPower, whyNoPowerCuts } from "../../tests/support/durability/power/power.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";
import { wholeDigest } from "./whole.ts";

export const power: Trial = {
  id: "T3",
  name: "power",
  what: "power cut under a run on SQLite (ext4 on a loop device, shut down without its log), which is then resumed; 50 cuts",
  async run({ share, folder, progress }): Promise<Finding> {
    const reason = whyNoPowerCuts(folder);
    if (reason !== undefined) return { figures: { skipped: reason }, problems: [] };
    const digest = await wholeDigest(folder);
    const problems: string[] = [];
    const count = shareOf(50, share);
    let [acknowledged, lost, intact] = [0, 0, 0];
    for (let trial = 0; trial < count; trial += 1) {
      const result = await cutPower(trial, folder);
      acknowledged += result.acknowledged;
      lost += result.lost;
      intact += result.isIntact ? 1 : 0;
      if (result.digest !== digest) problems.push(`cut ${trial}: another result`);
      if (result.lost > 0) problems.push(`cut ${trial}: ${result.lost} acknowledged calls lost`);
      if (!result.isIntact) problems.push(`cut ${trial}: the database is damaged`);
      progress(trial + 1, count);
    }
    const figures = {
      cuts: `${count}`,
      "calls acknowledged before": `${acknowledged}`,
      "lost of them": `${lost}`,
      "integrity_check ok": `${intact} of ${count}`,
    };
    return { figures, problems };
  },
};

export const redisPower: Trial = {
  id: "T4",
  name: "redis-power",
  what: "power cut under a Redis server with four writers, as in `power`; 20 cuts with appendfsync always, 20 with everysec",
  async run({ share, folder, progress }): Promise<Finding> {
    const reason = hasRedis ? whyNoPowerCuts(folder) : "there is no redis-server";
    if (reason !== undefined) return { figures: { skipped: reason }, problems: [] };
    const count = shareOf(20, share);
    const sums = { always: { acknowledged: 0, lost: 0, most: 0 }, everysec: { acknowledged: 0, lost: 0, most: 0 } };
    let done = 0;
    for (const appendfsync of ["always", "everysec"] as const) {
      const sum = sums[appendfsync];
      for (let trial = 0; trial < count; trial += 1) {
        const { acknowledged, lost } = await cutRedisPower(trial, { folder, appendfsync });
        sum.acknowledged += acknowledged;
        sum.lost += lost;
        sum.most = Math.max(sum.most, lost);
        done += 1;
        progress(done, 2 * count);
      }
    }
    const { always, everysec } = sums;
    return {
      figures: {
        cuts: `${2 * count}`,
        "lost (always)": `${always.lost} of ${always.acknowledged} acknowledged`,
        "lost (everysec)": `${everysec.lost} of ${everysec.acknowledged} acknowledged, at most ${everysec.most} a cut`,
      },
      problems: always.lost > 0 ? [`always: ${always.lost} acknowledged commits lost`] : [],
    };
  },
};
