import { damageBytes } from "../../tests/support/durability/attacks/bytes.ts";
import {
  replacedReason,
  replacements,
  replaceStore,
  type Moment,
  type ReplacedTrial,
} from "../../tests/support/durability/attacks/replaced.ts";
import { attackRedis } from "../../tests/support/durability/attacks/replaced-redis.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";

export const replacedStore: Trial = {
  id: "T20",
  name: "replaced-store",
  what: "while a run is at work the file of a SQLite store is removed, moved, replaced or written over, or a Redis server emptied, restarted without its data or on an older copy, or given another store; at 20 commits each, the last of a finished run among them",
  async run({ share, folder, progress }): Promise<Finding> {
    const problems: string[] = [];
    const redis = await attackRedis(folder);
    const kinds: Array<[name: string, replace: (at: Moment) => Promise<ReplacedTrial>]> = [
      ...Object.keys(replacements).map((name): (typeof kinds)[number] => [
        `SQLite, ${name}`,
        (at) => replaceStore(name, { folder, at }),
      ]),
      ...Object.keys(redis.replacements).map((name): (typeof kinds)[number] => [
        `Redis, ${name}`,
        (at) => redis.replace(name, at),
      ]),
    ];
    const count = shareOf(20, share);
    let [trials, stopped] = [0, 0];
    try {
      for (const [name, replace] of kinds) {
        for (let trial = 0; trial < count; trial += 1) {
          const at = trial === count - 1 ? "release" : 3 + 5 * trial;
          const { end, commitsAfter, isKept } = await replace(at);
          const isTold = replacedReason.test(end);
          trials += 1;
          stopped += isTold ? 1 : 0;
          const place = `${name}, commit ${at}`;
          if (!isTold) problems.push(`${place}: ended with ${end}`);
          if (commitsAfter > 0) problems.push(`${place}: ${commitsAfter} commits were acknowledged afterwards`);
          if (!isKept) problems.push(`${place}: what was put there was changed`);
          progress(trials, kinds.length * count);
        }
      }
    } finally {
      await redis.close();
    }
    const figures = {
      runs: `${trials}, by ${kinds.length} kinds of replacement`,
      "ended with the reason": `${stopped}`,
      "commits acknowledged afterwards, or stores changed": `${problems.filter((problem) => !problem.includes("ended with")).length}`,
    };
    return { figures, problems };
  },
};

export const bytes: Trial = {
  id: "T21",
  name: "bytes",
  what: "one byte of a SQLite file with a run half-way is changed, then the run is resumed, shown and exported; 1,000 times",
  async run({ share, folder, progress }): Promise<Finding> {
    const counts = new Map<string, number>();
    const problems: string[] = [];
    const count = shareOf(1000, share);
    for (let from = 0; from < count; from += 50) {
      for (const { trial, at, outcome, message } of await damageBytes(folder, {
        from,
        to: Math.min(count, from + 50),
      })) {
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        const isBad = ["silent", "crashed", "aborted"].includes(outcome);
        if (isBad) problems.push(`trial ${trial}, byte ${at}: ${outcome} ${message}`);
      }
      progress(from, count);
    }
    const figures = {
      bytes: `${count}`,
      "the same result": `${counts.get("same result") ?? 0}`,
      "another result, with what was lost": `${counts.get("told") ?? 0}`,
      refused: `${counts.get("refused") ?? 0}`,
      "processes ended": `${counts.get("aborted") ?? 0}`,
    };
    return { figures, problems };
  },
};
