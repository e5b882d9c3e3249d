import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { exportRun } from "../../runs/keeping/export.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import { ProviderError } from "../../state/errors.ts";
import { withoutSecrets } from "../../stores/secrets.ts";
import { canariesIn, canary } from "../support/canary.ts";
import { temporaryFolder } from "../support/stores.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../support/world.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

beforeEach(() => void vi.stubEnv("CANARY_API_KEY", canary));
afterEach(() => void vi.unstubAllEnvs());

test("no secret of the environment reaches store, events, results or exports, whatever errors quote it", async () => {
  const store = `file:${join(folder.path, "runs.db")}`;
  const { agent, ...parts } = houseParts();
  const header = `Authorization: Bearer ${canary}`;
  const basic = `Authorization: Basic ${Buffer.from(`user:${canary}`).toString("base64")}`;
  let asked = 0;
  const quoting = {
    fingerprint: "quoting@1",
    async answer(...given: Parameters<typeof agent.answer>) {
      asked += 1;
      if (asked === 50) throw new ProviderError(`401 with ${header}`);
      if (asked % 5 === 0) throw new Error(`400 with ${asked % 2 === 0 ? header : basic}`);
      return agent.answer(...given);
    },
  };
  const options = {
    ...parts,
    agent: quoting,
    program: houseProgram,
    tasks: houseSuites,
    settings: houseSettings,
    store,
  };
  const told: unknown[] = [];
  const run = await optimize(options);
  for await (const event of run.events()) told.push(event);
  const paused = await run.result();
  expect(paused).toMatchObject({ status: "paused", reason: "401 with Authorization: Bearer [CANARY_API_KEY]" });
  told.push(paused, await (await optimize(options)).result(), await show("run", { store }));
  await exportRun("run", { store, to: `file:${join(folder.path, "copy.db")}` });
  expect(canariesIn(JSON.stringify(told))).toEqual([]);
  const files = readdirSync(folder.path).map((name) => readFileSync(join(folder.path, name), "latin1"));
  expect(files.length).toBeGreaterThan(1);
  expect(canariesIn(files.join())).toEqual([]);
  expect(files.join()).toContain("[CANARY_API_KEY]");
});

test("values of other variables and short ones stay", () => {
  const environment = {
    HOME: "/home/somebody",
    PIN_TOKEN: "1234",
    LONG_SECRET: "abcdefgh",
    LONGER_SECRET: "abcdefghij",
  };
  expect(withoutSecrets("/home/somebody 1234 abcdefgh abcdefghij", environment)).toBe(
    "/home/somebody 1234 [LONG_SECRET] [LONGER_SECRET]",
  );
});
