import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
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
import { openRuns } from "../runs/session.ts";
import { createExact } from "../verifiers/exact.ts";
import { meanAndInterval, printTable } from "./table.ts";

const data = fileURLToPath(new URL("../../shared/data", import.meta.url));
const seeds = [1, 2, 3, 4, 5];

const sets = [
  { set: "sms_spam", budget: 2000, at: [500, 1000, 2000] },
  { set: "banking10", budget: 4000, at: [500, 1000, 2000, 4000] },
];

const arms: Array<{ arm: string; analyst: () => Analyst; settings: SettingsInput }> = [
  { arm: "statistical, replay 120", analyst: createStatisticalAnalyst, settings: { replay: 120 } },
  { arm: "statistical, replay 400", analyst: createStatisticalAnalyst, settings: { replay: 400 } },
  { arm: "random edits, same gate, replay 400", analyst: createRandomAnalyst, settings: { replay: 400 } },
];

interface Curve {
  /** Test accuracy of the head that stood after so many rollouts. */
  test: number[];
  words: number;
  gap: number;
}

/** Learning curves on real messages from a minimal skill, every rollout counted; the test split is for reporting alone. */
export async function runLearning(): Promise<void> {
  if (!existsSync(data)) {
    process.stdout.write("skipped: the task sets are not beside the project\n");
    return;
  }
  for (const { set, budget, at } of sets) {
    const rows: string[][] = [];
    for (const { arm, analyst, settings } of arms) {
      const curves: Curve[] = [];
      for (const seed of seeds)
        curves.push(
          await curveOf(set, at, { analyst: analyst(), settings: { ...settings, seed, budgetRollouts: budget } }),
        );
      const cell = (values: number[]) => {
        const { mean, half } = meanAndInterval(values);
        return `${mean.toFixed(3)} ± ${half.toFixed(3)}`;
      };
      rows.push([
        arm,
        ...at.map((_, column) => cell(curves.map(({ test }) => test[column] ?? 0))),
        curves.map(({ test }) => (test.at(-1) ?? 0).toFixed(3)).join(" "),
        Math.round(meanAndInterval(curves.map(({ words }) => words)).mean).toString(),
        cell(curves.map(({ gap }) => gap)),
      ]);
    }
    process.stdout.write(`${set}: test accuracy, mean ± 95 % interval over seeds ${seeds.join(", ")}\n\n`);
    printTable(
      ["arm", ...at.map((rollouts) => `@${rollouts}`), "each seed at the end", "words", "validation - test"],
      rows,
    );
  }
}

async function curveOf(
  set: string,
  at: readonly number[],
  { analyst, settings }: { analyst: Analyst; settings: SettingsInput },
): Promise<Curve> {
  const store = createMemoryStore();
  const tasks = await readTasks(`${data}/${set}`);
  const parts = { agent: createProcedureAgent(), verifier: createExact() };
  const program = [minimalSkill(set.replaceAll("_", "-"), `Answers the tasks of ${set}.`)];
  const run = await optimize({ ...parts, analyst, program, tasks, settings, store });
  const result = await run.result();
  const { timeline, best } = await show("run", { store });
  const place = await openRuns(store).registry.find("run");
  const payload = createPayload({ store, family: place?.family ?? "" });
  const test: number[] = [];
  for (const rollouts of at) {
    const head = timeline.findLast(({ spent }) => spent.rollouts <= rollouts)?.head;
    const skills = head === undefined ? program : await payload.program(head);
    test.push(
      (
        await evaluate({
          ...parts,
          program: skills,
          tasks: tasks.test,
          suite: "test",
          store: createMemoryStore(),
          concurrency: 64,
        })
      ).score,
    );
  }
  const text = best
    .map(({ files }) =>
      Object.values(files)
        .map((bytes) => new TextDecoder().decode(bytes))
        .join(" "),
    )
    .join(" ");
  return {
    test,
    words: text.split(/\s+/).length,
    gap: (result.score.validation.best ?? 0) - (result.score.test.best ?? 0),
  };
}
