import type { BindToolsInput } from "@langchain/core/language_models/chat_models";
import { HumanMessage, ToolMessage, type AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { JournaledModel } from "../../models/journaled-model.ts";
import { decodeText } from "../../skills/folder.ts";
import type { Json } from "../../state/json.ts";
import type { TraceStep } from "../../state/task.ts";
import { costSoFar } from "../../models/calls.ts";
import type { TaskAgent } from "../agent.ts";
import { promptOf, type ReadableFile } from "./prompt.ts";

export interface ChatAgentOptions {
  model: JournaledModel;
  /** Calls of the model an answer may take, from 1; in the last one nothing can be read any more. */
  steps?: number;
  /** The answer is what follows the last such text in the reply, and empty where there is none. By default all of the reply. */
  answerAfter?: string;
}

/** A trace is kept with every answer: enough to study, not a copy of all that was said. */
const traced = 2_000;

/**
 * A chat model that answers with skills. They enter as in production (`prompt.ts`), with one tool, `read_file`, where there
 * are files to read. It is sent the question and the skills and nothing else. The answer is the text of its last reply,
 * trimmed.
 */
export function createChatAgent({ model, steps = 12, answerAfter }: ChatAgentOptions): TaskAgent {
  const reading = model.bindTools([readFile]);
  const closing = model.bindTools([readFile], { tool_choice: "none" });
  const marked = answerAfter === undefined ? "" : ` after=${JSON.stringify(answerAfter)}`;
  return {
    fingerprint: `chat@1 steps=${steps}${marked} ${model.fingerprint}`,
    async answer(question, skills, { signal }) {
      signal.throwIfAborted();
      const { messages, files, shown } = promptOf(question, skills);
      const desk = createDesk(files, shown);
      for (let step = 1; ; step += 1) {
        const isLast = step >= steps;
        const asked = files.size === 0 ? model : isLast ? closing : reading;
        const reply = (await asked.invoke(messages)) as AIMessage;
        // Read once: LangChain puts it together anew each time.
        const said = reply.text;
        desk.note(reply, said);
        if (isLast || !asksForMore(reply)) {
          const text = answerIn(said, answerAfter);
          return { text, used: desk.used(), trace: desk.trace, cost: costSoFar() };
        }
        messages.push(reply, ...desk.serve(reply));
      }
    },
  };
}

const readFile: BindToolsInput = {
  type: "function",
  function: {
    name: "read_file",
    description: "Reads a text file.",
    parameters: {
      type: "object",
      properties: { path: { type: "string", description: "As listed, such as skills/NAME/SKILL.md" } },
      required: ["path"],
    },
  },
};

function asksForMore({ tool_calls: calls = [], invalid_tool_calls: broken = [] }: AIMessage): boolean {
  return calls.length + broken.length > 0;
}

function answerIn(reply: string, after: string | undefined): string {
  if (after === undefined) return reply.trim();
  const at = reply.lastIndexOf(after);
  return at === -1 ? "" : reply.slice(at + after.length).trim();
}

/** Gives out files, and writes down what the model did. */
function createDesk(files: ReadonlyMap<string, ReadableFile>, shown: readonly string[]) {
  const trace: TraceStep[] = [];
  const used = new Set(shown);

  function read({ name, args }: { name: string; args: Record<string, unknown> }): string {
    const path = String(args["path"] ?? "").replace(/^(\.?\/)+/, "");
    const file = name === "read_file" ? files.get(path) : undefined;
    const text = file === undefined ? undefined : decodeText(file.bytes);
    trace.push({ event: "read", path, isFound: text !== undefined });
    if (text !== undefined) {
      if (file?.skill !== undefined) used.add(file.skill);
      return text;
    }
    if (name !== "read_file") return `There is no tool "${name}"; there is read_file.`;
    return `${path} is ${file === undefined ? "not there" : "no text"}. Files: ${[...files.keys()].join(", ")}`;
  }

  return {
    trace,
    used: () => [...used],
    note(reply: AIMessage, said: string): void {
      const calls = (reply.tool_calls ?? []).map(({ name, args }) => ({ tool: name, input: args as Json }));
      trace.push({ event: "model", text: said.slice(0, traced), ...(calls.length === 0 ? {} : { calls }) });
    },
    /** What the model gets for its calls, those included that cannot be read. */
    serve({ tool_calls: calls = [], invalid_tool_calls: broken = [] }: AIMessage): BaseMessage[] {
      const given = calls.map((call) => new ToolMessage({ content: read(call), tool_call_id: call.id ?? "" }));
      if (broken.length === 0) return given;
      const wrong = broken.map(({ args, error }) => `${args}: ${error}`).join("\n");
      return [...given, new HumanMessage(`These arguments of a tool are not valid JSON.\n${wrong}`)];
    },
  };
}
