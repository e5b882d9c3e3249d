import { parseArgs } from "node:util";
import { hashJson } from "../../state/json.ts";
import { countIn, createProgress, defaultWorkers } from "../measure.ts";
import { runJobs } from "../pool.ts";
import { codeDigest, commitNow, readResults, writeResults } from "../results.ts";
import { armsAt, type EvolArm } from "./arms.ts";
import type { EvolFigures, EvolJob } from "./measure.ts";
import { report, type EvolRow } from "./report.ts";

/** What was measured, by which code, and a digest of all that was asked. */
interface StoredRow extends EvolRow, EvolFigures {
  asked: string;
  commit: string;
  code: string;
}

const file = "evolbench";

/**
 * What arms learn from a stream of tasks in which procedures drift, starting from a library with things that should not be in it, and what that is worth when it is frozen. Words are names of arms, by
 * default all; the first one is compared with the others. `--worlds N` takes the seeds 1 to N, `--rollouts N` is the budget of a phase, `--dilution` as in the gym, `--noise` the
 * chance of false feedback.
 */
export async function runEvolbench(words: string[] = []): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    options: {
      worlds: { type: "string", default: "30" },
      rollouts: { type: "string", default: "1000" },
      dilution: { type: "string", default: "1.4" },
      noise: { type: "string", default: "0" },
      workers: { type: "string", default: String(defaultWorkers) },
    },
    allowPositionals: true,
  });
  const arms = armsNamed(positionals, armsAt(countIn(values, "rollouts")));
  const [dilution, noise] = [numberIn(values, "dilution", Infinity), numberIn(values, "noise", 1)];
  const worlds = Array.from({ length: countIn(values, "worlds") }, (_, index) => index + 1);
  const jobs = worlds.flatMap((world) =>
    arms.map((learner): EvolJob => ({ stream: { world, dilution, noise }, learner })),
  );
  const rows = await measureAll(jobs, countIn(values, "workers"));
  report(
    rows,
    arms.map(({ arm }) => arm),
  );
}

function armsNamed(names: readonly string[], arms: readonly EvolArm[]): EvolArm[] {
  if (names.length === 0) return [...arms];
  return names.map((name) => {
    const found = arms.find(({ arm }) => arm === name);
    if (found !== undefined) return found;
    throw new Error(`There is no arm "${name}"; choose among ${arms.map(({ arm }) => `"${arm}"`).join(", ")}.`);
  });
}

function numberIn(values: Readonly<Record<string, string>>, name: string, below: number): number {
  const number = Number(values[name]);
  if (values[name] !== "" && number >= 0 && number < below) return number;
  throw new Error(
    `--${name} needs a number from 0${below === Infinity ? "" : ` to below ${below}`}, not "${values[name]}".`,
  );
}

/** Runs what was not run by this very code before, and stores each result as it comes. */
async function measureAll(jobs: readonly EvolJob[], workers: number): Promise<StoredRow[]> {
  const [code, commit] = [codeDigest(["gym", "bench/evolbench", "runs/evaluation"]), commitNow()];
  const keyOf = (job: EvolJob) => hashJson(job as never).slice(0, 12);
  const rows = (readResults<StoredRow[]>(file, "test") ?? []).filter((row) => row.code === code);
  const done = new Set(rows.map(({ asked }) => asked));
  const left = jobs.filter((job) => !done.has(keyOf(job)));
  const progress = createProgress(left.length);
  const nameOf = ({ stream, learner }: EvolJob) => `world ${stream.world}, ${learner.arm}`;
  await runJobs(left, {
    workers,
    nameOf,
    onDone(job, figures) {
      const { stream, learner } = job;
      rows.push({ ...stream, arm: learner.arm, ...figures, asked: keyOf(job), commit, code });
      writeResults(file, "test", rows);
      progress(nameOf(job));
    },
  });
  const byKey = new Map(rows.map((row) => [row.asked, row]));
  return jobs.flatMap((job) => byKey.get(keyOf(job)) ?? []);
}
