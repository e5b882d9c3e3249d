import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { logLooks, looksAt, looksFile, seedsIn } from "../../bench/looks.ts";
import { rowOf } from "./rows.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-looks-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("one line for each arm, once, and none for held-out tasks", () => {
  const file = join(folder, "looks.csv");
  const rows = [1, 2, 3].flatMap((seed) => [rowOf("loop", seed), rowOf("no gate", seed)]);
  const heldOut = rowOf("loop", 4, { split: "held-out" });
  logLooks("learning", [...rows, heldOut], file);
  logLooks("learning", [...rows, heldOut], file);
  const [head, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  expect(head).toBe("date,commit,command,set,arm,seeds,rollouts,evaluations,mean,half");
  expect(lines.map((line) => line.replace(/^\d{4}-\d\d-\d\d,/, ""))).toEqual([
    "abc1234,learning,banking10,loop,1-3,600,6,0.520,0.025",
    "abc1234,learning,banking10,no gate,1-3,600,6,0.520,0.025",
  ]);
  expect(looksAt("banking10", file)).toEqual({ looks: 2, evaluations: 12 });
  expect(looksAt("sms_spam", file)).toEqual({ looks: 0, evaluations: 0 });
});

test("seeds are written as spans", () => {
  expect(seedsIn([5, 1, 3, 2])).toBe("1-3 5");
});

test("every line of the project's log has the columns of its head", () => {
  const [head = "", ...lines] = readFileSync(looksFile, "utf8").trim().split("\n");
  const widths = new Set(lines.map((line) => line.split(",").length));
  expect(widths).toEqual(new Set([head.split(",").length]));
});
