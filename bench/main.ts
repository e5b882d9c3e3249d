import { runBudgets } from "./cost.ts";
import { runDurability } from "./durability.ts";
import { runGym } from "./gym.ts";
import { runLearning } from "./learning.ts";

const benchmarks: Record<string, (words: string[]) => Promise<void>> = {
  learning: runLearning,
  durability: runDurability,
  cost: runBudgets,
  gym: runGym,
};

const name = process.argv[2] ?? "";
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark === undefined) {
  process.stderr.write(`Which benchmark? npm run bench -- ${Object.keys(benchmarks).join(" | ")}\n`);
  process.exitCode = 2;
} else {
  await benchmark(process.argv.slice(3));
}
