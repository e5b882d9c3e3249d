import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeHouseTasks } from "../support/house-files.ts";
import { createSkillFollower } from "../support/model-server/skill-follower.ts";
import { startModelServer, type ModelServer } from "../support/model-server/server.ts";
import { temporaryFolder } from "../support/stores.ts";
import { houseSuites } from "../support/world.ts";
import { builtCommand } from "../support/started/compiled.ts";

const folder = temporaryFolder();
const tasks = writeHouseTasks(folder.path);
const key = "lsv2-canary-93b1";
let models: ModelServer;
beforeAll(async () => {
  models = await startModelServer({ brain: createSkillFollower() });
});
afterAll(async () => {
  await models.close();
  folder.remove();
});

/** What a run sends to a LangSmith of the test's own. */
async function sentBy(variables: Record<string, string>): Promise<{ requests: number; text: string }> {
  let [text, requests] = ["", 0];
  const server = createServer(async (request, response) => {
    requests += 1;
    for await (const chunk of request) text += (chunk as Buffer).toString("latin1");
    response.writeHead(202, { "content-type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const run = `run-${Object.keys(variables).length}`;
  const words = ["optimize", "--tasks", tasks, "--agent", "chat:simulated", "--generations", "1", "--run", run];
  const more = ["--set", "batch=6", "--store", `file:${join(folder.path, "runs.db")}`, "--out", join(folder.path, run)];
  const child = spawn(process.execPath, [builtCommand, ...words, ...more], {
    stdio: "ignore",
    env: {
      ...process.env,
      OPENAI_BASE_URL: models.url,
      LANGSMITH_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      LANGSMITH_API_KEY: key,
      LANGSMITH_DISABLE_RUN_COMPRESSION: "true",
      ...variables,
    },
  });
  expect(await once(child, "close")).toEqual([0, null]);
  server.close();
  server.closeAllConnections();
  return { requests, text };
}

const inputs = houseSuites.train.map(({ input }) => input);
const inputsIn = (text: string) => inputs.filter((input) => text.includes(input));

test("nothing is sent to LangSmith unless it is switched on", async () => {
  expect(await sentBy({})).toEqual({ requests: 0, text: "" });
});

test("switched on, LangSmith gets what models are sent", async () => {
  const { text } = await sentBy({ LANGSMITH_TRACING: "true" });
  expect(inputsIn(text).length).toBeGreaterThan(3);
  expect(text).toContain("accept-gate");
  expect(text).not.toContain(key);
});

test("with inputs and outputs hidden it gets the names and times of what was done, and no text of a task or an answer", async () => {
  const { text } = await sentBy({
    LANGSMITH_TRACING: "true",
    LANGSMITH_HIDE_INPUTS: "true",
    LANGSMITH_HIDE_OUTPUTS: "true",
  });
  expect(text).toContain("accept-gate");
  expect(inputsIn(text)).toEqual([]);
});
