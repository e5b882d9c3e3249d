import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { findCommand } from "../../cli/studio/studio-server.ts";
import { openRuns } from "../../runs/session.ts";
import { show } from "../../runs/reading/show.ts";
import type { RunState } from "../../state/channels.ts";
import { openStore } from "../../stores/open.ts";
import { currentOwner, judgeOwner } from "../../stores/lease/owner.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { temporaryFolder } from "../support/stores.ts";
import { startStudio } from "../support/studio.ts";
import { keepWritten } from "../support/written.ts";

const folder = temporaryFolder();
const tasks = writeHouseTasks(folder.path);
const url = `file:${join(folder.path, "runs.db")}`;
afterAll(() => folder.remove());

/** Where the server makes its own folder: no other test does. */
const temporary = temporaryFolder();
afterAll(() => temporary.remove());
const serverFolders = () => readdirSync(temporary.path).filter((name) => name.startsWith("skillgraph-studio-"));

const config = `import { defineConfig, defineRecipe, hillClimb, loopNodes, wireLoop } from "skillgraph";
const wire = (needs) => wireLoop(loopNodes(needs)).addNode("watcher", () => ({})).addEdge("rollout", "watcher");
const { policies } = hillClimb;
export default defineConfig({ recipe: defineRecipe({ name: "watched", version: 1, summary: "is watched", policies, wire }) });`;

test("the graph of a config is served, and Ctrl-C pauses what is at work, and ends the server with all it left outside of the store", async () => {
  const words = ["--store", url, "--tasks", tasks, "--set", "batch=10"];
  writeFileSync(join(folder.path, "skillgraph.config.ts"), config);
  const studio = await startStudio(words, folder.path, { TMPDIR: temporary.path });
  expect(serverFolders()).toHaveLength(1);
  const store = await openStore(url);
  try {
    const bare = new URL(studio.url).origin;
    const begin = {
      method: "POST",
      headers: { "content-type": "text/plain", origin: "https://evil.example" },
      body: "{}",
    };
    for (const asked of [fetch(`${bare}/threads`, begin), fetch(`${studio.url}/threads`, begin), fetch(`${bare}/info`)])
      expect((await asked).ok).toBe(false);
    expect(studio.stderr()).toContain("can start runs that cost money");
    const [assistant] = await studio.client.assistants.search();
    const { nodes } = await studio.client.assistants.getGraph(assistant?.assistant_id ?? "");
    expect(nodes.map(({ id }) => id)).toContain("watcher");
    const { thread_id: thread } = await studio.client.threads.create();
    const settings = { generations: 40, target: null };
    await studio.client.runs.create(thread, "skillgraph", { input: { run: "long", settings } });
    const { leases } = openRuns(store);
    const owner = await vi.waitUntil(() => leases.ownerOf(thread), { timeout: 60_000 });
    const generation = async () => (await studio.client.threads.getState<RunState>(thread)).values.generation ?? 0;
    await vi.waitUntil(async () => (await generation()) > 1, { timeout: 60_000 });
    expect(await studio.end("SIGINT")).toBe(0);
    expect((await show("long", { store })).result).toMatchObject({ status: "paused" });
    expect(await leases.ownerOf(thread)).toBeUndefined();
    await vi.waitUntil(() => judgeOwner(owner, currentOwner()) === "dead", { timeout: 30_000 });
    await expect(fetch(`${studio.url}/ok`)).rejects.toThrow("fetch failed");
    expect(serverFolders()).toEqual([]);
    // Nothing of the server is beside the user's files.
    expect(readdirSync(folder.path).filter((name) => !name.startsWith("runs.db"))).toEqual([
      "house",
      "skillgraph.config.ts",
    ]);
  } finally {
    await studio.end("SIGTERM");
    await store.close();
  }
});

describe("skillgraph studio refuses before it starts anything", () => {
  const written = keepWritten();

  test.each([
    ["a store in memory", ["--store", "memory:"], 2, "cannot use a store in the memory"],
    ["a store that is not there", ["--store", `file:${join(folder.path, "none.db")}`], 1, "There is no store at"],
    ["tasks that are not there", ["--store", url, "--tasks", "nowhere"], 2, "Task set not found at"],
    ["an unknown setting", ["--store", url, "--set", "bach=3"], 2, 'has no setting "bach"'],
    ["a port that is none", ["--port", "many"], 2, "integer from 0 to 65535"],
  ])("%s", async (_, words, code, message) => {
    expect(await runCommandLine(["studio", ...words])).toBe(code);
    expect(written.stderr).toContain(message);
  });

  test("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await runCommandLine(["studio", "--store", url, "--port", String(port)])).toBe(2);
    expect(written.stderr).toContain(`Port ${port} of 127.0.0.1 is not available`);
    server.close();
  });

  test("LangGraph's command that is not installed, and says how to install it", () => {
    expect(() => findCommand([join(folder.path, "package.json")])).toThrow(
      "npm install --save-dev @langchain/langgraph-cli@1.5.1",
    );
    expect(existsSync(findCommand())).toBe(true);
  });
});
