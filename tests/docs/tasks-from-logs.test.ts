import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { builtCommand, compiled } from "../support/started/compiled.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const guide = readFileSync(`${root}/docs/tasks-from-logs.md`, "utf8");
const blocks = [...guide.matchAll(/\n\n```\n([\s\S]*?)```/g)].map((match) => match[1]);
const folder = mkdtempSync(join(tmpdir(), "skillgraph-logs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

describe("the guide to tasks from logs", () => {
  test("shows what the example and doctor print", () => {
    expect(run(compiled("examples/tasks-from-logs.ts"), "tasks.jsonl")).toBe(blocks[0]);
    const looked = run(builtCommand, "doctor", "--tasks", "tasks.jsonl");
    expect(/^ok {7}tasks[\s\S]*\n(?=\d+ problems?,)/m.exec(looked)?.[0]).toBe(blocks[1]);
  });

  test("masks what the log holds of addresses and numbers", () => {
    const [log, tasks] = ["examples/library-logs/conversations.jsonl", ""].map((file) =>
      file === "" ? readFileSync(join(folder, "tasks.jsonl"), "utf8") : readFileSync(`${root}/${file}`, "utf8"),
    );
    const secrets = ["anna.kovac@example.com", "0170 555 0134", "2093 5518 0042"];
    expect(secrets.filter((secret) => log?.includes(secret))).toEqual(secrets);
    expect(secrets.filter((secret) => tasks?.includes(secret))).toEqual([]);
  });

  test("says what a gate can see, as computed", () => {
    const rows = [...guide.matchAll(/^\| (\d+) \| ([\d.]+) points \| ([\d.]+) points \| (.*) \|$/gm)];
    expect(rows.map(([, size]) => Number(size))).toEqual([30, 50, 100, 200, 400]);
    for (const [, text, one, error, shares] of rows) {
      const size = Number(text);
      expect(one).toBe((100 / size).toFixed(1));
      expect(error).toBe((100 * Math.sqrt(discordance / size)).toFixed(1));
      const computed = [0, 0.02, 0.05, 0.1].map((gain) => shareAhead(size, gain).toFixed(2).replace(/^0/, ""));
      expect(shares).toBe(computed.join(" | "));
    }
  });
});

const discordance = 0.2;

/** How often the new skill is ahead: the chance that a walk of `size` steps of +1, 0 or -1 ends above 0. */
function shareAhead(size: number, gain: number): number {
  const [up, down] = [(discordance + gain) / 2, (discordance - gain) / 2];
  let chances = Array.from({ length: 2 * size + 1 }, (_, place): number => (place === size ? 1 : 0));
  for (let step = 0; step < size; step += 1) {
    chances = chances.map(
      (chance, place) => chance * (1 - discordance) + (chances[place - 1] ?? 0) * up + (chances[place + 1] ?? 0) * down,
    );
  }
  return chances.slice(size + 1).reduce((sum, chance) => sum + chance, 0);
}
