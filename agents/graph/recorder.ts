import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { Serialized } from "@langchain/core/load/serializable";
import { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { LLMResult } from "@langchain/core/outputs";
import { START } from "@langchain/langgraph";
import { isJournaled } from "../../models/journaled-model.ts";
import { PartError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import type { TraceStep } from "../../state/task.ts";
import { endsWork } from "../../stores/ledger/ledger.ts";
import { createBlotter } from "../../stores/secrets.ts";

/** A trace is kept with every answer: enough to study, not a copy of all that was said. */
const maxSteps = 100;
const maxCharacters = 2_000;

interface Needs {
  /** Called with each text a model is sent. */
  onSent(text: string): void;
  /** Called with what must end the rollout at once, even where the graph would catch it. */
  onFatal(error: Error): void;
}

/**
 * Writes down what a graph does, as LangChain tells it: nodes entered, what models said, what tools were asked and gave. A
 * model that is not journaled ends the rollout before it is asked.
 */
export class GraphRecorder extends BaseCallbackHandler {
  override name = "skillgraph-recorder";
  readonly #needs: Needs;
  readonly #steps: TraceStep[] = [];
  readonly #tools = new Map<string, TraceStep>();
  readonly #journaled = new Set<string>();
  #left = 0;

  constructor(needs: Needs) {
    // A call must not begin before it was looked at.
    super({ _awaitHandler: true });
    this.#needs = needs;
  }

  /** The steps in the order they began; the last one says how many more there were. */
  get trace(): TraceStep[] {
    return this.#left === 0 ? [...this.#steps] : [...this.#steps, { event: "more", steps: this.#left }];
  }

  override handleChainStart(...[, , , , , metadata, ...names]: Parameters<ChainStart>): void {
    // Everything inside of a node carries its name; the node itself runs under it. LangChain gives the name of a run one
    // place later than it declares.
    const node = metadata?.langgraph_node;
    if (typeof node === "string" && node !== START && names.includes(node)) this.#add({ event: "node", node });
  }

  override handleChatModelStart(model: Serialized, messages: BaseMessage[][], run: string, parent?: string): void {
    if (!this.#isPaidOnce(model, run, parent)) return this.#refuse(model);
    for (const message of messages.flat()) this.#needs.onSent(message.text);
  }

  override handleLLMStart(model: Serialized, _prompts: string[], run: string, parent?: string): void {
    if (!this.#isPaidOnce(model, run, parent)) this.#refuse(model);
  }

  override handleLLMEnd({ generations }: LLMResult, run: string): void {
    const [first] = generations[0] ?? [];
    const message = first !== undefined && "message" in first ? first.message : undefined;
    if (!this.#journaled.has(run) || !AIMessage.isInstance(message)) return;
    const calls = (message.tool_calls ?? []).map(({ name, args }) => ({ tool: name, input: shortOf(args) }));
    this.#add({ event: "model", text: shortOf(message.text), ...(calls.length === 0 ? {} : { calls }) });
  }

  override handleLLMError(error: Error): void {
    if (endsWork(error)) this.#needs.onFatal(error);
  }

  override handleToolStart(...[tool, input, run, , , , name]: Parameters<ToolStart>): void {
    const step: TraceStep = { event: "tool", tool: name ?? tool.id.at(-1) ?? "", input: shortOf(input) };
    this.#tools.set(run, step);
    this.#add(step);
  }

  override handleToolEnd(output: unknown, run: string): void {
    this.#note(run, { output: shortOf(output) });
  }

  override handleToolError(error: Error, run: string): void {
    this.#note(run, { error: shortOf(error.message) });
  }

  #isPaidOnce(model: Serialized, run: string, parent: string | undefined): boolean {
    // Inside of a journaled model is the model that it asks.
    if (parent !== undefined && this.#journaled.has(parent)) return true;
    if (isJournaled(model)) this.#journaled.add(run);
    return this.#journaled.has(run);
  }

  #refuse(model: Serialized): void {
    this.#needs.onFatal(
      new PartError(
        `The graph was about to call ${model.id.at(-1)}, a model that is not journaled: its answer would not be stored, and ` +
          "a resumed run would pay for it again. Build the graph with a model from createModel instead.",
      ),
    );
  }

  #add(step: TraceStep): void {
    if (this.#steps.length < maxSteps) this.#steps.push(step);
    else this.#left += 1;
  }

  #note(run: string, noted: Record<string, Json>): void {
    Object.assign(this.#tools.get(run) ?? {}, noted);
  }
}

type ChainStart = NonNullable<BaseCallbackHandler["handleChainStart"]>;
type ToolStart = NonNullable<BaseCallbackHandler["handleToolStart"]>;

/** Text as it is, messages by their text, anything else as JSON; without known secrets, and cut where it is long. */
function shortOf(value: unknown): string {
  const whole = typeof value === "string" ? value : value instanceof BaseMessage ? value.text : jsonOf(value);
  const text = createBlotter()(whole);
  if (text.length <= maxCharacters) return text;
  return `${text.slice(0, maxCharacters)} ... (${text.length - maxCharacters} more characters)`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Tools may give what JSON cannot hold, such as circles.
    return String(value);
  }
}
