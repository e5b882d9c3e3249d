import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "../../../tests/support/started/child.ts";
import { shareOf, type Finding, type TrialOptions } from "../trial.ts";
import { child } from "./kills.ts";
import { callsInAll, callsIn, wholeDigest, type Durability } from "./loop.ts";

/** Two processes take up one thread at the same moment. */
export function raceLoop(durability: Durability) {
  return async ({ share, folder, progress }: TrialOptions): Promise<Finding["figures"]> => {
    const digest = await wholeDigest();
    const count = shareOf(20, share);
    let [calls, ended, same] = [0, 0, 0];
    for (let trial = 0; trial < count; trial += 1) {
      const name = join(folder, `rivals-${durability}-${trial}`);
      writeFileSync(name, "");
      const rivals = [1, 2].map(() => startChild(child, `${name}.db`, name, durability, "0"));
      for (const rival of rivals) await rival.line();
      for (const rival of rivals) rival.process.stdin?.write("go\n");
      const ends = await Promise.all(rivals.map((rival) => rival.line()));
      await Promise.all(rivals.map((rival) => rival.ended));
      calls += callsIn(name).length;
      ended += ends.filter((end) => !end.startsWith("error")).length;
      same += ends.includes(digest) ? 1 : 0;
      progress(trial + 1, count);
    }
    const extra = calls - count * callsInAll;
    return {
      runs: `${count}, 2 processes each`,
      "processes that ran to the end": `${ended} of ${2 * count}`,
      "the same result": `${same} of ${count}`,
      "extra calls": `${extra} (+${Math.round((100 * extra) / (count * callsInAll))} %)`,
    };
  };
}
