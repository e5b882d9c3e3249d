import { pathToFileURL } from "node:url";
import { draw } from "../../state/draw.ts";
import type { Edit } from "../../state/program.ts";
import { openLink } from "./link.ts";

/** What is used of @ax-llm/ax 24; its own types are not installed here. */
interface AxModule {
  AxGEPA: new (args: object) => {
    compile(program: object, examples: readonly Example[], metric: () => number, options: object): Promise<unknown>;
  };
}

interface Example {
  task: string;
  suite: "train" | "validation";
}

type Candidate = Readonly<Record<string, string>>;

/** How many rejected edits a run remembers by default. */
const mostRejected = 24;

/**
 * AxGEPA of @ax-llm/ax on our agent and analyst: `AX_MODULE=FILE node --import tsx bench/peers/ax-client.ts`. The bridge's batch is its minibatch, and
 * its Pareto set is all validation tasks of the bridge. Early stopping and the limit of trials are off, as the budget ends a run; merges
 * are off, as a skill is one component. It has no model: where our analyst proposes nothing, it measures the parent once more.
 */
async function run(module: string): Promise<void> {
  const { AxGEPA } = (await import(pathToFileURL(module).href)) as AxModule;
  const ask = openLink();
  const begun = (await ask({ request: "hello", protocol: 1, client: "@ax-llm/ax" })) as {
    seed: number;
    budget: number;
    batch: number;
    validation: number;
    skill: string;
  };
  const examplesOf = async (suite: Example["suite"]) => {
    const { tasks } = (await ask({ request: "tasks", suite })) as { tasks: string[] };
    return tasks.map((task): Example => ({ task, suite }));
  };
  const [train, validation] = [await examplesOf("train"), await examplesOf("validation")];
  const session = createAdapter(ask, validation.length);
  const skill = { key: "skill", kind: "instruction", current: begun.skill };
  const program = {
    getOptimizableComponents: () => [skill],
    applyOptimizedComponents: () => undefined,
    forward: () => Promise.reject(new Error("The adapter evaluates.")),
  };
  const studentAI = { getName: () => "none", chat: () => Promise.reject(new Error("There is no model.")) };
  const optimizer = new AxGEPA({
    studentAI,
    // Its generator shifts the seed's bits, so that small seeds would begin alike.
    seed: Math.floor(draw(begun.seed, 0, "ax", 0) * 2 ** 31),
    minibatchSize: begun.batch,
    paretoSetSize: begun.validation,
    numTrials: 1_000_000,
    earlyStoppingTrials: 1_000_000,
    mergeMax: 0,
  });
  await optimizer.compile(program, train, () => 0, {
    gepaAdapter: session.adapter,
    validationExamples: validation,
    maxMetricCalls: begun.budget,
  });
  session.throwIfFailed();
  await ask({ request: "bye" });
}

function createAdapter(ask: ReturnType<typeof openLink>, validationSize: number) {
  let best = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  /** Edits proposed since the last candidate that was kept, as a run remembers those that its gate rejected. */
  let rejected: Edit[] = [];
  /** AxGEPA evaluates by itself what an adapter fails to: the first failure is kept, and thrown at the end. */
  async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
    if (failure !== undefined) throw failure;
    return work().catch((error: unknown) => {
      failure ??= error;
      throw error;
    });
  }
  const adapter = {
    evaluate: (batch: readonly Example[], { skill = "" }: Candidate) =>
      guarded(async () => {
        const suite = batch[0]?.suite ?? "train";
        const request = { request: "rollout" as const, skill, suite, tasks: batch.map(({ task }) => task) };
        const { rows } = (await ask(request)) as { rows: Array<{ score: number | null }> };
        const scores = rows.map(({ score }) => score ?? 0);
        if (suite === "validation" && batch.length === validationSize) {
          rejected = [];
          const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
          if (mean > best) await ask({ request: "choose", skill });
          best = Math.max(best, mean);
        }
        return { outputs: batch.map(({ task }) => task), scores, trajectories: batch };
      }),
    make_reflective_dataset: (_: Candidate, { trajectories }: { trajectories: readonly Example[] }) => ({
      skill: trajectories.map(({ task }) => task),
    }),
    propose_new_texts: ({ skill = "" }: Candidate, { skill: tasks }: { skill: string[] }) =>
      guarded(async () => {
        const given = { request: "reflect" as const, skill, tasks, rejected };
        const revision = (await ask(given)) as { skill: string | null; edits: Edit[] };
        rejected = [...rejected, ...revision.edits].slice(-4 * mostRejected);
        return revision.skill === null ? {} : { skill: revision.skill };
      }),
  };
  return {
    adapter,
    throwIfFailed() {
      if (failure !== undefined) throw failure;
    },
  };
}

await run(process.env["AX_MODULE"] ?? "");
