import { printLine, printTable, showCount } from "../table.ts";
import { simulate, type Costs, type Scene } from "./simulation.ts";

const tasks = 1_000_000;
const workers = 1_000;

/** What is simulated: answers of so many milliseconds, under way in each worker, by runs on stores. */
const scenes: ReadonlyArray<Pick<Scene, "milliseconds" | "each" | "runs" | "stores">> = [
  { milliseconds: 10_000, each: 1, runs: 1, stores: 1 },
  { milliseconds: 10_000, each: 8, runs: 1, stores: 1 },
  { milliseconds: 10_000, each: 16, runs: 1, stores: 1 },
  { milliseconds: 10_000, each: 16, runs: 4, stores: 1 },
  { milliseconds: 10_000, each: 16, runs: 4, stores: 2 },
  { milliseconds: 1_000, each: 16, runs: 16, stores: 1 },
  { milliseconds: 1_000, each: 16, runs: 16, stores: 4 },
  { milliseconds: 1_000, each: 16, runs: 32, stores: 16 },
];

/** A million rollouts by a thousand workers, by what a rollout costs here: where they are as many as can be, and what is in the way. */
export function reportSimulation(costs: Costs): void {
  const rows = scenes.map((scene) => {
    const { milliseconds, each, runs, stores } = scene;
    // Enough that the queue is never empty, and as little as that takes.
    const concurrency = Math.ceil((1.25 * workers * each) / runs);
    const found = simulate({ ...scene, tasks, workers, concurrency }, costs);
    const rate = tasks / found.seconds;
    const best = (1000 * workers * each) / milliseconds;
    const busy = { "a run's process": found.sender, Redis: found.redis, "a worker's CPU": found.workers };
    const [[what, most] = ["", 0]] = Object.entries(busy).toSorted(([, left], [, right]) => right - left);
    return [
      `${milliseconds / 1000} s`,
      `${each}`,
      `${runs}`,
      `${stores}`,
      showCount(Math.round(rate)),
      percent(rate / best),
      percent(found.places),
      ...Object.values(busy).map(percent),
      most > 0.95 ? what : "-",
    ];
  });
  printLine(
    `${showCount(tasks)} rollouts by ${showCount(workers)} workers, simulated with the measured costs of one: ${costs.sender.toFixed(2)} ms in the process of the run, ` +
      `${costs.workers.toFixed(2)} ms in the worker, ${costs.redis.toFixed(2)} ms in redis-server:`,
  );
  printTable(
    [
      "an answer",
      "in each worker",
      "runs",
      "stores",
      "a second",
      "of the most there could be",
      "places used",
      ...cpu,
      "in the way",
    ],
    rows,
  );
}

const cpu = ["busy: run", "Redis", "worker"];

const percent = (share: number) => `${Math.round(100 * share)} %`;
