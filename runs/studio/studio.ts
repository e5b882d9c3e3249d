import type { RunnableConfig } from "@langchain/core/runnables";
import { isCommand } from "@langchain/langgraph";
import type { Drive, Parts } from "../../graphs/parts.ts";
import type { Recipe } from "../../graphs/recipe.ts";
import { knownRecipe } from "../../graphs/recipes/all.ts";
import { forStudio, type StudioNeeds } from "../../graphs/studio.ts";
import { RunError } from "../../state/errors.ts";
import type { Settings } from "../../state/settings.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { optimize, type OptimizeOptions } from "../cycle/optimize.ts";
import { resume } from "../cycle/resume.ts";
import { idleParts } from "../idle-parts.ts";
import type { RunRecord } from "../run-record.ts";
import type { Run } from "../cycle/run.ts";
import { createSession, openRuns, type Runs } from "../session.ts";
import { checkAnswer, readInput, type StudioInput } from "./input.ts";
import { createTap } from "./tap.ts";
import { recordOn, threadOf } from "./thread.ts";
import { createUpdate } from "./update.ts";

interface Needs {
  store: RecordStore;
  concurrency: number;
  /** The settings of new runs, whose graph is drawn. */
  settings: Settings;
  /** A recipe of one's own that runs may have. */
  recipe?: Recipe | undefined;
  /** The parts a run was started with. */
  partsOf(record: RunRecord): Promise<Parts>;
  /** What a thread without a run begins with; throws where nobody said. */
  begin(
    input: StudioInput,
    thread: string,
  ): Promise<Omit<OptimizeOptions, "store" | "thread" | "concurrency" | "drive"> & { run: string }>;
}

export interface Studio {
  graph: ReturnType<typeof forStudio>;
  /** Pauses what is at work here, and waits until it is saved. */
  close(): Promise<void>;
}

/**
 * The loop on a store for LangGraph's dev server: every run is a thread, and streaming a thread works on its run as
 * `resume` does, or as `optimize` does where there is none yet. So the lease, the record of the run, its budgets and the
 * look at the test split are the same as everywhere. Reading needs no lease; an update takes it and gives it back.
 */
export async function createStudio(needs: Needs): Promise<Studio> {
  const runs = openRuns(needs.store);
  const atWork = new Map<string, Run>();
  const place = { name: "studio", thread: "studio", family: "studio" };
  const idle: Parts = { ...idleParts, ...(needs.recipe === undefined ? {} : { recipe: needs.recipe }) };
  const graphWith = async (settings: Settings) =>
    (await createSession({ runs, place, parts: idle, settings, concurrency: 1 })).graph;
  const drawn = await graphWith(needs.settings);

  /** What the state of a run says and takes depends on the nodes of its own graph. One whose recipe is not known here is read by the graph of new runs. */
  async function graphOf(config: RunnableConfig | undefined): Promise<typeof drawn> {
    const own = (await recordOn(runs, threadOf(config)))?.input.settings;
    const isKnown = ({ recipe }: Settings) => knownRecipe(recipe) !== undefined || recipe === needs.recipe?.name;
    return graphWith(own !== undefined && isKnown(own) ? own : needs.settings);
  }

  const update = createUpdate(runs, async (config, steps) => (await graphOf(config)).bulkUpdateState(config, steps));

  /** Waits for what this process still does on a thread: a run that was cancelled there saves what it has. */
  async function settled(config: RunnableConfig | undefined): Promise<void> {
    const ended = atWork.get(threadOf(config))?.result();
    await ended?.catch(() => undefined);
  }

  async function stream(given: unknown, options: RunnableConfig = {}) {
    const { signal, ...rest } = options;
    const thread = threadOf(options);
    await settled(options);
    const { drive, chunks, connect } = createTap(given, rest);
    const run = await start({ runs, needs }, { thread, given, metadata: options.metadata, drive });
    atWork.set(thread, run);
    connect(run);
    if (signal?.aborted === true) run.pause();
    signal?.addEventListener("abort", () => run.pause(), { once: true });
    return chunks;
  }

  return {
    graph: forStudio(drawn, {
      getState: async (config, options) => (await graphOf(config)).getState(config, options),
      async *getStateHistory(config, options) {
        yield* (await graphOf(config)).getStateHistory(config, options);
      },
      stream: stream as unknown as StudioNeeds["stream"],
      async bulkUpdateState(config, supersteps) {
        await settled(config);
        return update(config, supersteps);
      },
    }),
    async close() {
      for (const run of atWork.values()) run.pause();
      await Promise.allSettled([...atWork.values()].map((run) => run.result()));
    },
  };
}

interface Asked {
  thread: string;
  given: unknown;
  metadata: RunnableConfig["metadata"];
  drive: Drive;
}

/** Goes on with the run on a thread, or begins one there. */
async function start(
  { runs, needs }: { runs: Runs; needs: Needs },
  { thread, given, metadata, drive }: Asked,
): Promise<Run> {
  const { store, concurrency } = needs;
  const record = await recordOn(runs, thread);
  if (isCommand(given)) checkAnswer(given.resume);
  const input = isCommand(given) ? {} : readInput(given);
  if (record !== undefined) {
    if (Object.keys(input).length > 0) throw begun(record);
    return resume(thread, { ...(await needs.partsOf(record)), store, concurrency, drive });
  }
  await refuseCopy(runs, metadata);
  const options = await needs.begin(input, thread);
  const namesake = await runs.registry.find(options.run);
  if (namesake !== undefined && namesake.thread !== thread) {
    const text = `Run "${namesake.name}" already exists, on thread ${namesake.thread}. Choose another name.`;
    throw new RunError("exists", namesake.name, text);
  }
  return optimize({ ...options, store, thread, concurrency, drive });
}

/** The server copies threads with its own checkpointer, which has none of ours: the copy knows its run by name alone. */
async function refuseCopy({ registry }: Runs, metadata: RunnableConfig["metadata"]): Promise<void> {
  const { run } = (metadata ?? {}) as { run?: string };
  const original = run === undefined ? undefined : await registry.find(run);
  if (original === undefined) return;
  const text = `This thread is a copy of the thread of run "${original.name}", without its checkpoints. Branch the run instead:`;
  throw new RunError("missing", original.name, `${text} skillgraph branch ${original.name} --at N.`);
}

function begun({ name, thread }: RunRecord): RunError {
  const text = `Thread ${thread} is run "${name}", which already has its input. Send null as input to continue it,`;
  return new RunError("exists", name, `${text} update its settings, or start a run on a new thread.`);
}
