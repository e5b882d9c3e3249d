import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { draw } from "../../../state/draw.ts";
import { createSqliteStore } from "../../../stores/drivers/sqlite.ts";
import type { SqliteWriterDatabase } from "../../../stores/drivers/sqlite-writer.ts";
import { leftIn, newTemporary, openHostTrial } from "../../support/host/host-faults.ts";
import { meetStoreFault } from "../../support/host/store-faults.ts";
import { connectSqlite, temporaryFolder } from "../../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
afterEach(() => vi.unstubAllEnvs());

/** `npm run chaos -- host-faults` meets them all. */
const count = 6;

describe("a run that the host lets down pauses, names the place, decides nothing, and ends as it would have", () => {
  test("by errors of files, folders and processes", async () => {
    const temporary = newTemporary(folder.path);
    vi.stubEnv("TMPDIR", temporary);
    const trial = await openHostTrial(folder.path);
    try {
      const asked = (call: string, file: string) =>
        trial.sites.some((site) => site.startsWith(`${call} at ${file}`)) ? [] : [`${call} at ${file}`];
      const places = [
        ["symlink", "processes/claim.ts"],
        ["mkdir", "agents/command/workspace.ts"],
        ["writeFile", "agents/command/workspace.ts"],
        ["spawn", "processes/run-process.ts"],
        ["readdirSync", "processes/mark.ts"],
        ["readFile", "agents/command/command-agent.ts"],
        ["open", "readers/output.ts"],
      ] as const;
      expect(places.flatMap(([call, file]) => asked(call, file))).toEqual([]);
      for (let index = 0; index < count; index += 1) {
        const [call, file] = places[index % places.length] as (typeof places)[number];
        const here = trial.faults.filter(({ site }) => site.startsWith(`${call} at ${file}`));
        const fault = here[Math.floor(draw(37, index, "fault", 0) * here.length)] as (typeof here)[number];
        const { outcome, problems } = await trial.meet(fault.site, fault.code);
        expect({ ...fault, outcome, problems }).toEqual({ ...fault, outcome: "paused", problems: [] });
      }
    } finally {
      trial.close();
    }
    expect(leftIn(temporary).length).toBeLessThanOrEqual(2);
  });

  test("and closes its store where the disk has no room to tidy it up", async () => {
    const connections = connectSqlite(join(folder.path, "closing.db"));
    const writer: SqliteWriterDatabase = {
      prepare: (sql) => connections.writer.prepare(sql),
      exec(sql) {
        if (sql.includes("wal_checkpoint")) throw Object.assign(new Error("database or disk is full"), { rawCode: 13 });
        return connections.writer.exec(sql);
      },
      close: () => connections.writer.close(),
    };
    const store = createSqliteStore({ ...connections, writer });
    await store.commit([{ space: "space", put: { key: "value" } }]);
    await store.close();
    const again = createSqliteStore(connectSqlite(join(folder.path, "closing.db")));
    expect((await again.get("space", ["key"])).get("key")?.value).toBe("value");
    await again.close();
  });

  test("by errors of the store's disk", async () => {
    const outcomes = new Set<string>();
    for (let trial = 0; trial < 5; trial += 1) {
      const { outcome, problems } = await meetStoreFault(trial, folder.path);
      expect({ trial, problems }).toEqual({ trial, problems: [] });
      outcomes.add(outcome);
    }
    expect(outcomes).toContain("paused");
  });
});
