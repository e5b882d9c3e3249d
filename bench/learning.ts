import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createProcedureAgent } from "../agents/procedure/procedure-agent.ts";
import type { Analyst } from "../analysts/analyst.ts";
import { createRandomAnalyst } from "../analysts/random.ts";
import { createStatisticalAnalyst } from "../analysts/statistical/statistical-analyst.ts";
import { readTasks } from "../readers/tasks.ts";
import { evaluate } from "../runs/evaluate.ts";
import { optimize } from "../runs/optimize.ts";
import { show } from "../runs/show.ts";
import { minimalSkill } from "../skills/minimal.ts";
import type { SettingsInput } from "../state/settings.ts";
import { createMemoryStore } from "../stores/memory.ts";
import { createPayload } from "../stores/payload.ts";
import { createExact } from "../verifiers/exact.ts";
import { meanAndInterval, printTable } from "./table.ts";

const data = fileURLToPath(new URL("../../shared/data", import.meta.url));

interface TaskSetBench {
  set: string;
  budget: number;
  /** Rollouts at which the curve is read. */
  at: number[];
  settings?: SettingsInput;
}

const sets: TaskSetBench[] = [
  { set: "sms_spam", budget: 2000, at: [1000, 2000] },
  { set: "banking10", budget: 4000, at: [1000, 2000, 4000] },
];

const arms: Array<{ arm: string; analyst: () => Analyst; settings: SettingsInput }> = [
  { arm: "statistical, replay 400", analyst: createStatisticalAnalyst, settings: { replay: 400 } },
  { arm: "statistical, replay 120", analyst: createStatisticalAnalyst, settings: { replay: 120 } },
  { arm: "statistical, replay 400, no gate", analyst: createStatisticalAnalyst, settings: { acceptance: "always" } },
  { arm: "random edits, replay 400, same gate", analyst: createRandomAnalyst, settings: { replay: 400 } },
];

interface Curve {
  /** Test accuracy of the program that stood after so many rollouts. */
  test: number[];
  tokens: number;
  gap: number | null;
}

/**
 * Learning curves on real tasks from a minimal skill, every rollout counted; the test split is for reporting alone.
 * `--seeds N` runs seeds 1 to N; names of sets choose among them.
 */
export async function runLearning(words: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    options: { seeds: { type: "string", default: "10" } },
    allowPositionals: true,
  });
  if (!existsSync(data)) {
    process.stdout.write("skipped: the task sets are not beside the project\n");
    return;
  }
  const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
  for (const bench of sets.filter(({ set }) => positionals.length === 0 || positionals.includes(set))) {
    process.stdout.write(`${bench.set}: test accuracy, mean ± 95 % interval over seeds 1 to ${seeds.length}\n\n`);
    const rows: string[][] = [];
    for (const { arm, analyst, settings } of arms) {
      const curves: Curve[] = [];
      for (const seed of seeds) {
        const own = { ...bench.settings, ...settings, seed, budgetRollouts: bench.budget };
        curves.push(await curveOf(bench, { analyst: analyst(), settings: own }));
      }
      rows.push([
        arm,
        ...bench.at.map((_, column) => cell(curves.map(({ test }) => test[column] ?? 0))),
        ...rest(curves),
      ]);
    }
    printTable(
      ["arm", ...bench.at.map((rollouts) => `@${rollouts}`), "least and most", "tokens", "validation - test"],
      rows,
    );
  }
}

function cell(values: readonly number[]): string {
  const { mean, half } = meanAndInterval(values);
  return `${mean.toFixed(3)} ± ${half.toFixed(3)}`;
}

function rest(curves: readonly Curve[]): string[] {
  const ends = curves.map(({ test }) => test.at(-1) ?? 0);
  const gaps = curves.flatMap(({ gap }) => (gap === null ? [] : [gap]));
  return [
    `${Math.min(...ends).toFixed(3)} - ${Math.max(...ends).toFixed(3)}`,
    Math.round(meanAndInterval(curves.map(({ tokens }) => tokens)).mean).toString(),
    gaps.length === 0 ? "-" : cell(gaps),
  ];
}

async function curveOf(
  { set, at }: TaskSetBench,
  { analyst, settings }: { analyst: Analyst; settings: SettingsInput },
): Promise<Curve> {
  const store = createMemoryStore();
  const tasks = await readTasks(`${data}/${set}`);
  const parts = { agent: createProcedureAgent(), verifier: createExact() };
  const program = [minimalSkill(set.replaceAll("_", "-"), `Answers the tasks of ${set}.`)];
  const run = await optimize({ ...parts, analyst, program, tasks, settings, store });
  const { score, skill } = await run.result();
  const { timeline } = await show("run", { store });
  const payload = createPayload({ store, family: run.thread });
  const test: number[] = [];
  for (const rollouts of at) {
    const head = timeline.findLast(({ spent }) => spent.rollouts <= rollouts)?.head;
    const skills = head === undefined ? program : await payload.program(head);
    const look = { ...parts, program: skills, tasks: tasks.test, suite: "test" as const };
    test.push((await evaluate({ ...look, store: createMemoryStore(), concurrency: 64 })).score);
  }
  const { validation } = score;
  return {
    test,
    tokens: skill.tokens,
    gap: validation.best === null ? null : validation.best - (score.test.best ?? 0),
  };
}
