import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { poisonTask, runPoisoned } from "../../support/durability/poison.ts";
import { temporaryFolder } from "../../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

test("a task that ends the process again and again is held after 3 tries alone, and the run goes on without it", () => {
  const { result, told, ...counts } = runPoisoned(join(folder.path, "runs.db"));
  expect(counts).toEqual({ deaths: 4, attempts: 4, stderr: "" });
  expect(result).toMatchObject({ status: "finished", held: [{ suite: "validation", task: poisonTask }] });
  expect(new Set(told)).toEqual(new Set([poisonTask]));
  expect(result.score.validation.start).not.toBeNull();
});
