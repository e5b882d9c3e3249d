import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createStatisticalAnalyst } from "../../../analysts/statistical/statistical-analyst.ts";
import { checkTasks } from "../../../runs/doctor/tasks.ts";
import type { Json } from "../../../state/json.ts";
import { createOneOf } from "../../../verifiers/one-of.ts";
import { createRegex } from "../../../verifiers/regex.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-labels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Row = [input: string, expected?: Json | undefined];

function write(splits: Record<"train" | "val", Row[]> & { test?: Row[] }): string {
  const path = mkdtempSync(join(folder, "set-"));
  for (const [split, tasks] of Object.entries(splits)) {
    const lines = tasks.map(([input, expected], index) => JSON.stringify({ id: `${split}-${index}`, input, expected }));
    writeFileSync(join(path, `${split}.jsonl`), lines.join("\n"));
  }
  return path;
}

const subjects = ["sofa", "lamp", "kettle", "mirror", "carpet", "drill", "fridge", "ladder", "candle", "pillow"];
const places = ["Ghent", "Porto", "Lyon", "Oslo", "Turin", "Basel", "Krakow", "Malmo", "Seville", "Bristol"];
const rooms = ["attic", "cellar", "garden", "office"];
const used = new Map<string, number>();

/** Rows of a class that ask nothing that other rows ask. */
function rows(label: Json, count: number): Row[] {
  const from = used.get("all") ?? 0;
  used.set("all", from + count);
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const [subject, place] = [subjects[number % 10], places[Math.floor(number / 10) % 10]];
    return [`${subject} ${rooms[Math.floor(number / 100) % 4]} ${place} ${label as string}?`, label];
  });
}

async function found(path: string, parts: Parameters<typeof checkTasks>[1] = {}) {
  const checks = await checkTasks(path, parts);
  return checks.map(({ status, text, advice }) => `${status}: ${text} ${advice ?? ""}`.trim());
}
const about = (lines: readonly string[], part: string) => lines.filter((line) => line.includes(part));

describe("labels", () => {
  test("of the same question that differ are told with two examples, by id and line", async () => {
    const train = rows("refund", 30);
    train.push(
      ["Where is my parcel?", "delivery"],
      ["where is  my parcel?", "other"],
      ["Where IS my parcel?", "other"],
    );
    const val: Row[] = [...rows("refund", 30), ["Where is my parcel?", "delivery"], ["Hi", "a"], ["Hi", "b"]];
    expect(about(await found(write({ train, val })), "contradict each other")).toEqual([
      "warning: 6 tasks contradict each other: same input, different expected answers. For example " +
        '"train-30" (train.jsonl, line 31) expects "delivery", "train-31" (train.jsonl, line 32) expects "other"; ' +
        '"val-31" (val.jsonl, line 32) expects "a", "val-32" (val.jsonl, line 33) expects "b". ' +
        "Fix or remove them: no skill can be right for both.",
    ]);
  });

  test("of nearly the same question that differ are told where labels are few and stand in neither question", async () => {
    const train = [...rows("refund", 20), ...rows("delivery", 20)];
    train.push(["I have waited three weeks for my parcel, where is it?", "delivery"]);
    const val: Row[] = [...rows("refund", 20), ...rows("delivery", 20)];
    val.push(["Hello, I have waited three weeks for my parcel, where is it", "refund"]);
    expect(about(await found(write({ train, val })), "with a different label")).toEqual([
      'warning: 1 tasks are near-duplicates of another task with a different label. For example "train-40" ' +
        '(train.jsonl, line 41) expects "delivery", "val-40" (val.jsonl, line 41) expects "refund". ' +
        "Check them: either the difference in the input matters, or a label is wrong.",
    ]);
    const picked = ["red", "blue"].map((color): Row => [
      `Which color does the ${color} balloon have that can be seen high up in the sky behind the old town hall?`,
      color,
    ]);
    const picking = [...rows("red", 20), ...rows("blue", 20), ...picked];
    const lines = await found(write({ train: picking, val: picked }));
    expect(about(lines, "2 classes, the largest")).toHaveLength(1);
    expect(about(lines, "ask nearly")).toHaveLength(0);
    expect(about(lines, "with a different label")).toEqual([]);
  });

  test("that are rare in validation, or known to no train task, are counted", async () => {
    const train = [...rows("refund", 60), ...rows("delivery", 30), ...rows("other", 10)];
    const val = [...rows("refund", 35), ...rows("delivery", 4)];
    const lines = await found(write({ train, val, test: [...rows("refund", 9), ...rows("legal", 3)] }));
    expect(about(lines, "3 classes, the largest")).toEqual([
      'ok: 3 classes, the largest "refund" with 60 of 100 train tasks; always answering that scores 0.90 on validation',
    ]);
    expect(about(lines, "Classes with fewer")).toEqual([
      'warning: Classes with fewer than 5 validation tasks: "other" 0, "delivery" 4. ' +
        "Add tasks of these classes: the effect of an edit on so few cannot be measured.",
    ]);
    expect(about(lines, "that are missing from train")).toEqual([
      'warning: Classes in test that are missing from train: "legal" 3. Add train tasks of these classes: the analyst learns only from train tasks.',
    ]);
  });

  test("that are many, or amounts, are no classes", async () => {
    const numbers = Array.from({ length: 66 }, (_, index): Row => [rows("x", 1)[0]?.[0] ?? "", index % 11]);
    const texts = Array.from({ length: 66 }, (_, index): Row => [rows("x", 1)[0]?.[0] ?? "", `answer ${index % 20}`]);
    expect(about(await found(write({ train: numbers, val: numbers.slice(0, 40) })), "classes")).toEqual([]);
    expect(about(await found(write({ train: texts, val: texts.slice(0, 40) })), "classes")).toEqual([]);
    const ratings = numbers.map(([input, expected]): Row => [input, (expected as number) % 5]);
    expect(about(await found(write({ train: ratings, val: ratings.slice(0, 40) })), "5 classes")).not.toEqual([]);
  });
});

describe("near-duplicates across splits", () => {
  test("are told with two examples, apart from what is asked word for word", async () => {
    const train = rows("refund", 40);
    const again = train.slice(0, 4).map(([input, label]): Row => [`Hi: ${input?.toLowerCase()}`, label]);
    const lines = await found(write({ train, val: [...rows("refund", 40), ...again, train[9] as Row] }));
    expect(about(lines, "exactly the input")).toEqual([
      "warning: 1 validation tasks have exactly the input of a train task. Remove them: their score measures memorization.",
    ]);
    expect(about(lines, "near-duplicates of a train task")).toEqual([
      'warning: 4 validation tasks are near-duplicates of a train task, such as "val-40" (val.jsonl, line 41) and "train-0" ' +
        '(train.jsonl, line 1); "val-41" (val.jsonl, line 42) and "train-1" (train.jsonl, line 2). ' +
        "Keep similar tasks in one split, or remove them: their score partly measures memorization.",
    ]);
  });
});

describe("an analyst that learns from expected answers", () => {
  const analyst = createStatisticalAnalyst();
  const val = rows("refund", 40);

  test("is a problem where train has none, or patterns alone", async () => {
    const lists = rows("refund", 40).map(([input]): Row => [input, ["refund", "money back"]]);
    const [line] = about(
      await found(write({ train: lists, val }), { analyst, verifier: createOneOf() }),
      "learns from",
    );
    expect(line).toMatch(/^problem: The analyst statistical@.* none of the 40 train tasks has an expected string/);
    const patterns = await found(write({ train: rows("^refund$", 40), val }), { analyst, verifier: createRegex() });
    expect(about(patterns, "learns from")[0]).toMatch(/are patterns for the verifier regex@2.*--analyst MODEL/);
  });

  test("is warned of those without", async () => {
    const some = [...rows("refund", 39), ["Who are you?"] as Row];
    const lines = await found(write({ train: some, val }), { analyst, verifier: createRegex({ pattern: "x" }) });
    expect(about(lines, "have no expected string")).toEqual([
      "warning: 1 of 40 train tasks have no expected string, number or boolean. " +
        `The analyst ${analyst.fingerprint} cannot learn from them. Use a language model: --analyst MODEL.`,
    ]);
  });
});
