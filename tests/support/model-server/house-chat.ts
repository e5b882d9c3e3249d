import type { TaskAgent } from "../../../agents/agent.ts";
import type { Bill } from "./server.ts";

/** The chat agent of the crash suites on a server of its own, which starts with the first call: one a process. */
export const houseChatAgent: TaskAgent = {
  fingerprint: "house chat",
  answer: async (...call) => (await served()).agent.answer(...call),
};

/** What the server of this process counted so far. */
export async function houseBill(): Promise<Readonly<Bill>> {
  return { ...(await served()).server.bill };
}

let started: ReturnType<typeof start> | undefined;
const served = () => (started ??= start());

async function start() {
  const { startModelServer } = await import("./server.ts");
  const { createSkillFollower } = await import("./skill-follower.ts");
  const { createServedModel } = await import("./served-model.ts");
  const { createChatAgent } = await import("../../../agents/chat/chat-agent.ts");
  const server = await startModelServer({ brain: createSkillFollower() });
  return { server, agent: createChatAgent({ model: await createServedModel(server.url) }) };
}
