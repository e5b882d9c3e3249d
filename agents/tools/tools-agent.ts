import type { BaseMessage } from "@langchain/core/messages";
import type { StructuredToolInterface, ToolRuntime } from "@langchain/core/tools";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { z } from "zod";
import type { JournaledModel } from "../../models/journaled-model.ts";
import { PartError, SettingsError } from "../../state/errors.ts";
import { hashJson } from "../../state/json.ts";
import type { TaskAgent } from "../agent.ts";
import { requestFor } from "../catalogue.ts";
import { fromGraph } from "../graph/from-graph.ts";
import { instructionsFor, readFrom, shelfOf, type Shelf } from "./shelf.ts";

export interface ToolsAgentOptions {
  model: JournaledModel;
  /** Tools of your own beside read_file. */
  tools?: readonly StructuredToolInterface[];
  /** How often the model is asked in one rollout, from 1; without an answer by then the rollout is missing. */
  maxCalls?: number;
  /** Names what cannot be seen from outside, such as the code of the tools: change it when that changes. */
  version?: string;
}

/**
 * An agent that uses tools: LangChain's createAgent with a middleware for skills. It knows them by name and description, and
 * opens SKILL.md and other files with read_file when it needs them, as agents do in production.
 */
export async function createToolsAgent(options: ToolsAgentOptions): Promise<TaskAgent> {
  const { model, tools = [], maxCalls = 20, version = "1" } = options;
  if (!Number.isInteger(maxCalls) || maxCalls < 1)
    throw new SettingsError("maxCalls", `maxCalls is ${maxCalls}; it must be an integer of at least 1.`);
  const { createAgent } = await import("langchain");
  const agent = createAgent({ model, tools: [...tools], middleware: [await skillsMiddleware(maxCalls)] });
  const described = tools.map(({ name, description, schema }) => ({ name, description, schema: toJsonSchema(schema) }));
  const seen = hashJson(JSON.parse(JSON.stringify({ described, maxCalls, version })));
  // A call of the model and one of its tools are a step each.
  return fromGraph(agent.withConfig({ recursionLimit: 2 * maxCalls + 1 }), {
    fingerprint: `tools@2 ${model.fingerprint} ${seen.slice(0, 12)}`,
    input: (question, skills) => ({
      messages: [{ role: "user", content: requestFor(question) }],
      instructions: instructionsFor(skills),
      shelf: shelfOf(question, skills),
    }),
    output: ({ messages }: { messages: BaseMessage[] }) => messages.at(-1)?.text ?? "",
  });
}

/** Puts the skills before the model, and a tool to read them into its hands. */
async function skillsMiddleware(maxCalls: number) {
  const { AIMessage, createMiddleware, tool } = await import("langchain");
  const readFile = tool(({ path }, { state }: ToolRuntime<{ shelf: Shelf }>) => readFrom(state.shelf, path), {
    name: "read_file",
    description: "Reads a text file of a skill or of the task.",
    schema: z.object({ path: z.string().describe("The path as it is listed, such as skills/NAME/SKILL.md.") }),
  });
  return createMiddleware({
    name: "skills",
    stateSchema: z.object({ instructions: z.string(), shelf: z.record(z.string(), z.string()) }),
    tools: [readFile],
    wrapModelCall: (request, next) => {
      if (request.messages.filter((message) => AIMessage.isInstance(message)).length >= maxCalls)
        throw new PartError(
          `The agent returned no answer within ${maxCalls} model calls. Raise maxCalls to allow more.`,
        );
      return next({ ...request, systemPrompt: request.state.instructions });
    },
  });
}
