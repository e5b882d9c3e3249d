import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { CallbackManager } from "@langchain/core/callbacks/manager";
import type { RunnableConfig } from "@langchain/core/runnables";
import { GraphRecursionError, isInterrupted, MemorySaver } from "@langchain/langgraph";
import { programHash, type SkillFolder } from "../../skills/folder.ts";
import { PartError } from "../../state/errors.ts";
import { hashJson } from "../../state/json.ts";
import type { Question } from "../../state/task.ts";
import { costSoFar } from "../../models/calls.ts";
import type { TaskAgent } from "../agent.ts";
import { GraphRecorder } from "./recorder.ts";
import { createShownSkills } from "./shown-skills.ts";

/** A compiled LangGraph graph, or an agent of `langchain` or `deepagents`. */
export interface CompiledGraph<State> {
  invoke(input: never, config?: never): Promise<State>;
  readonly checkpointer?: unknown;
}

export interface GraphAgentOptions<State> {
  /** Names everything that can change an answer: the graph, its prompts and tools, and the fingerprints of its models. */
  fingerprint: string;
  /**
   * What the graph is invoked with: the question, and the skills the way the graph takes them, be it a field of its state,
   * the text of a message, or the path of a folder they are written to. The same for the same question and skills.
   */
  input(question: Question, skills: readonly SkillFolder[]): unknown;
  /** The text of the answer, from the state the graph ends with. */
  output(state: State): string;
}

/**
 * A graph of one's own as the agent. Each rollout is a run of its own, on an empty thread, with a saver of its own where
 * the graph was compiled with one. Models inside must be journaled. A graph that fails, stops to ask a person or takes more
 * steps than its recursion limit leaves its rollout missing.
 */
export function fromGraph<State>(graph: CompiledGraph<State>, options: GraphAgentOptions<State>): TaskAgent {
  const { fingerprint, input, output } = options;
  return {
    fingerprint,
    async answer(question, skills, { sample, signal }) {
      signal.throwIfAborted();
      const shown = createShownSkills(skills);
      const given = await input(question, skills);
      const thread = hashJson({ program: programHash(skills), question: hashJson(question), sample });
      const { state, trace } = await runAlone(graph, { given, thread, signal, onSent: shown.look });
      return { text: textFrom(output(state)), used: shown.names(), trace, cost: costSoFar() };
    },
  };
}

interface Run {
  given: unknown;
  thread: string;
  signal: AbortSignal;
  onSent(text: string): void;
}

/** Runs the graph outside of any other graph: of the one around it, it inherits who listens and nothing else. */
async function runAlone<State>(graph: CompiledGraph<State>, { given, thread, signal, onSent }: Run) {
  const abort = new AbortController();
  let fatal: Error | undefined;
  const onFatal = (error: Error) => {
    fatal ??= error;
    abort.abort(error);
  };
  const onAbort = () => abort.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const recorder = new GraphRecorder({ onSent, onFatal });
  const around = AsyncLocalStorageProviderSingleton.getRunnableConfig()?.callbacks;
  const callbacks = (CallbackManager.configure(around) ?? new CallbackManager()).copy([recorder]);
  const config: RunnableConfig = {
    callbacks,
    signal: abort.signal,
    configurable: { thread_id: thread, ...(hasSaver(graph) ? { __pregel_checkpointer: new MemorySaver() } : {}) },
  };
  const invoke = () => graph.invoke(given as never, config as never);
  try {
    const state = await AsyncLocalStorageProviderSingleton.runWithConfig(
      { callbacks },
      invoke,
      callbacks === undefined,
    );
    if (fatal === undefined) return { state: ended(state), trace: recorder.trace };
  } catch (error) {
    fatal ??= explained(error);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  throw fatal;
}

function hasSaver({ checkpointer }: CompiledGraph<unknown>): boolean {
  return typeof checkpointer === "object" && checkpointer !== null;
}

function ended<State>(state: State): State {
  if (isInterrupted(state)) throw new PartError(askedAPerson);
  if (state !== undefined) return state;
  throw new PartError("The graph ended without an output: no node wrote to an output channel.");
}

const askedAPerson =
  "The graph stopped at an interrupt, which nobody can answer in a rollout. Build it without interrupts.";

function explained(error: unknown): Error {
  if (error instanceof GraphRecursionError) {
    const message = `The graph did not finish: ${error.message.split("\n")[0]}`;
    return new PartError(`${message} Set another limit with graph.withConfig({ recursionLimit }).`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

function textFrom(output: unknown): string {
  if (typeof output === "string") return output;
  throw new PartError(
    `\`output\` returned ${typeof output}; expected the text of the answer. Correct the option output of fromGraph.`,
  );
}
