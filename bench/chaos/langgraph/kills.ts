import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { draw } from "../../../state/draw.ts";
import { startChild } from "../../../tests/support/started/child.ts";
import { shareOf, type Finding, type TrialOptions } from "../trial.ts";
import { linesIn, wholeDigest, type Durability } from "./loop.ts";

export const child = fileURLToPath(new URL("child.ts", import.meta.url));

/** SIGKILL 20 to 600 ms after the work began, again and again until the run ends. */
export function killLoop(durability: Durability) {
  return async ({ share, folder, progress }: TrialOptions): Promise<Finding["figures"]> => {
    const digest = await wholeDigest();
    const count = shareOf(200, share);
    let [killed, runs, same, falseFinishes, lost, repaid] = [0, 0, 0, 0, 0, 0];
    while (killed < count) {
      const [database, witness] = [join(folder, `${durability}-${runs}.db`), join(folder, `${durability}-${runs}`)];
      writeFileSync(witness, "");
      for (let end = ""; end === "";) {
        const dieAfter = Math.round(20 + 580 * draw(3, killed, "kill", 0));
        const life = startChild(child, database, witness, durability, String(dieAfter));
        falseFinishes += (JSON.parse(await life.line()) as { isFalseFinish: boolean }).isFalseFinish ? 1 : 0;
        life.process.stdin?.write("go\n");
        end = await life.line().catch(() => "");
        await life.ended;
        killed += end === "" ? 1 : 0;
        progress(Math.min(killed, count), count);
        if (end === digest) same += 1;
      }
      runs += 1;
      const again = paidAgain(linesIn(witness));
      lost += again.completed;
      repaid += again.inFlight;
    }
    return {
      kills: `${killed} in ${runs} runs`,
      "the same result": `${same} of ${runs} runs`,
      "completed calls paid again": `${lost}, ${(lost / killed).toFixed(2)} a kill`,
      "in flight at a kill": `${(repaid / killed).toFixed(2)} a kill`,
      "unfinished, but with an empty `next`": `${falseFinishes}`,
    };
  };
}

/** Of the calls begun more than once: those that had come to their end, and those that had not. */
function paidAgain(lines: readonly string[]): { completed: number; inFlight: number } {
  const before = new Map<string, "begun" | "ended">();
  const again = { completed: 0, inFlight: 0 };
  for (const line of lines) {
    const [word, place = ""] = line.split(" ");
    if (word === "end") before.set(place, "ended");
    if (word !== "begin") continue;
    const known = before.get(place);
    if (known === "ended") again.completed += 1;
    if (known === "begun") again.inFlight += 1;
    before.set(place, "begun");
  }
  return again;
}
