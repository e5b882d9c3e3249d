import { runAnalystCost } from "./analyst-cost.ts";
import { runBudgets } from "./cost.ts";
import { runDilution } from "./dilution.ts";
import { runEvolbench } from "./evolbench/evolbench.ts";
import { runGate } from "./gate/gate.ts";
import { runGuard } from "./guard/guard.ts";
import { runGym } from "./gym/gym.ts";
import { runOverHttp } from "./http/http.ts";
import { runLearning } from "./learning.ts";
import { runLifecycle } from "./lifecycle/lifecycle.ts";
import { runCompiled } from "./compiled.ts";
import { runPeers } from "./peers/peers.ts";
import { runCurves, runDrafts, runGates, runRecipes } from "./recipes/recipes.ts";
import { runScale } from "./scale.ts";
import { runPlots } from "./plots/plots.ts";
import { runWorkers } from "./workers/workers.ts";

const benchmarks: Record<string, (words: string[]) => Promise<void>> = {
  learning: runLearning,
  recipes: runRecipes,
  drafts: runDrafts,
  gates: runGates,
  curves: runCurves,
  peers: runPeers,
  cost: runBudgets,
  "analyst-cost": runAnalystCost,
  gate: runGate,
  guard: runGuard,
  gym: runGym,
  evolbench: runEvolbench,
  lifecycle: runLifecycle,
  dilution: runDilution,
  scale: runScale,
  plots: runPlots,
  http: runOverHttp,
  "model-calls": (words) => runCompiled("bench/model-calls/model-calls-child.ts", words),
  workers: runWorkers,
};

const name = process.argv[2] ?? "";
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark === undefined) {
  process.stderr.write(`Which benchmark? npm run bench -- ${Object.keys(benchmarks).join(" | ")}\n`);
  process.exitCode = 2;
} else {
  try {
    await benchmark(process.argv.slice(3));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
