// Improves the skill of a custom LangGraph agent. A simulated model is used, so that no key is needed: it
// executes its system prompt, in the language of docs/procedure-language.md.
// Run it with: npx tsx examples/own-agent.ts
import { fileURLToPath } from "node:url";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import * as skillgraph from "skillgraph";

const procedure = skillgraph.createProcedureAgent();
class StandIn extends BaseChatModel {
  override _llmType() {
    return "stand-in";
  }
  override async _generate([prompt, question]: BaseMessage[]) {
    const read = skillgraph.createSkillFolder("support", { "SKILL.md": new TextEncoder().encode(prompt?.text) });
    const options = { sample: 0, signal: new AbortController().signal };
    const { text } = await procedure.answer({ id: "", input: question?.text ?? "" }, [read], options);
    return { generations: [{ text, message: new AIMessage(text) }] };
  }
}

// A journaled model stores its replies, so that a run that is resumed or branched does not pay twice.
const model = await skillgraph.createModel(new StandIn({}), { price: { input: 0, output: 0 } });

// The agent: any compiled graph. Its fingerprint identifies everything that can change an answer.
const graph = new StateGraph(MessagesAnnotation)
  .addNode("reply", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addEdge(START, "reply")
  .compile();
const agent = skillgraph.fromGraph(graph, {
  fingerprint: `support@1 ${model.fingerprint}`,
  input: ({ input }, [skill]) => ({
    messages: [new SystemMessage(skillgraph.textOf(skill!) ?? ""), new HumanMessage(input)],
  }),
  output: ({ messages }) => messages.at(-1)?.text ?? "",
});

const run = await skillgraph.optimize({
  agent,
  analyst: skillgraph.createStatisticalAnalyst(),
  verifier: skillgraph.createExact(),
  program: [skillgraph.minimalSkill("support", "Routes messages of customers to a queue.")],
  tasks: await skillgraph.readTasks(fileURLToPath(new URL("support-messages", import.meta.url))),
  settings: { generations: 2, batch: 20, validation: 20 },
  store: "memory:",
});
const { score } = await run.result();
console.log(`validation ${score.validation.start?.toFixed(2)} -> ${score.validation.best?.toFixed(2)}`);
