// A run in a process of its own whose agent ends the process on one task: poison-child.ts DATABASE TASK. Prints the result.
import { appendFileSync } from "node:fs";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../world.ts";

const [database, poison] = process.argv.slice(2) as [string, string];
const { answer } = createProcedureAgent();
const agent = {
  fingerprint: "poisoned@1",
  async answer(...given: Parameters<typeof answer>) {
    const [{ id }] = given;
    appendFileSync(`${database}.attempts`, `${id}\n`);
    await new Promise((resolve) => setImmediate(resolve));
    if (id === poison) process.kill(process.pid, "SIGKILL");
    return answer(...given);
  },
};
const run = await optimize({
  ...houseParts(agent),
  program: houseProgram,
  tasks: houseSuites,
  settings: { ...houseSettings, generations: 1 },
  store: `file:${database}`,
  concurrency: 4,
});
const held: string[] = [];
for await (const event of run.events()) if (event.type === "task-held") held.push(event.task);
process.stdout.write(`${JSON.stringify({ ...(await run.result()), told: held })}\n`);
