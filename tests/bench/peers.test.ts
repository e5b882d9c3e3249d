import { describe, expect, test } from "vitest";
import { createBridge } from "../../bench/peers/bridge.ts";
import { runClient } from "../../bench/peers/client.ts";
import { linesOf } from "../../bench/peers/lines.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { textOf } from "../../skills/folder.ts";
import { parseSettings } from "../../state/settings.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

const start = houseProgram[0] as (typeof houseProgram)[number];
const skill = textOf(start) as string;
const hello = { request: "hello", protocol: 1, client: "a test" };

function openBridge(budget = 200) {
  const settings = parseSettings({ seed: 1, batch: 10, replay: 10, edits: 2, generations: 1 }, hillClimb);
  return createBridge({ set: "house", start, suites: houseSuites, ...houseParts(), settings, budget });
}

/** Asks one thing after the other, and gives the replies. */
async function converse(bridge: ReturnType<typeof openBridge>, ...requests: Array<object | string>) {
  const replies: Array<{ ok?: Record<string, unknown>; error?: { code: string; message: string } }> = [];
  for (const request of requests) {
    const line = typeof request === "string" ? request : JSON.stringify(request);
    replies.push((await bridge.answer(line)) as (typeof replies)[number]);
  }
  return replies;
}

const trainIds = (count: number) => houseSuites.train.slice(0, count).map(({ id }) => id);

describe("the bridge", () => {
  test("says what the task is, and names the tasks", async () => {
    const [begun, train] = await converse(openBridge(), hello, { request: "tasks", suite: "train" });
    expect(begun?.ok).toMatchObject({
      set: "house",
      seed: 1,
      budget: 200,
      batch: 10,
      edits: 2,
      train: 40,
      validation: 24,
    });
    expect(begun?.ok?.["skill"]).toBe(skill);
    expect(train?.ok?.["tasks"]).toEqual(trainIds(40));
  });

  test("counts every rollout, asked before or not, and refuses those beyond the budget without running any", async () => {
    const bridge = openBridge(25);
    const rollout = { request: "rollout", skill, suite: "train", tasks: trainIds(10) };
    const replies = await converse(bridge, hello, rollout, rollout, rollout);
    expect(replies.slice(1, 3).map(({ ok }) => [ok?.["spent"], ok?.["left"]])).toEqual([
      [10, 15],
      [20, 5],
    ]);
    expect(replies[3]?.error).toEqual({
      code: "budget",
      message: "10 rollouts were requested; 5 of 25 are left.",
    });
    expect(bridge.record().spent).toBe(20);
  });

  test("shows expected answers of train tasks that were rolled out, and of no other task", async () => {
    const ids = houseSuites.validation.map(({ id }) => id);
    const [, train, , validation] = await converse(
      openBridge(),
      hello,
      { request: "rollout", skill, suite: "train", tasks: trainIds(2), traces: true },
      { request: "reflect", skill, tasks: trainIds(2) },
      { request: "rollout", skill, suite: "validation", tasks: ids },
    );
    const traced = train?.ok?.["rows"] as object[];
    expect(traced).toMatchObject(
      houseSuites.train.slice(0, 2).map(({ id, input, expected }) => ({ task: id, question: input, expected })),
    );
    const rows = validation?.ok?.["rows"] as object[];
    expect(rows.map((row) => Object.keys(row))).toEqual(ids.map(() => ["task", "score"]));
    expect(JSON.stringify(train) + JSON.stringify(validation)).not.toContain("meta-of");
  });

  test("lets the analyst study only what this skill was run on", async () => {
    const bridge = openBridge();
    const batch = { skill, tasks: trainIds(10) };
    const replies = await converse(
      bridge,
      hello,
      { request: "reflect", ...batch },
      { request: "rollout", suite: "train", ...batch },
      { request: "reflect", ...batch },
    );
    expect(replies[1]?.error?.code).toBe("study");
    expect(replies[3]?.ok?.["skill"]).not.toBe(skill);
    expect(replies[3]?.ok?.["edits"]).not.toEqual([]);
    expect(bridge.record()).toMatchObject({ spent: 10, reflections: 1 });
  });

  test("notes what is chosen with its mean on all validation tasks, or null before it was run on all", async () => {
    const bridge = openBridge();
    const ids = houseSuites.validation.map(({ id }) => id);
    const rollout = { request: "rollout", skill, suite: "validation" };
    const choose = { request: "choose", skill };
    await converse(
      bridge,
      hello,
      choose,
      { ...rollout, tasks: ids.slice(1) },
      choose,
      { ...rollout, tasks: ids },
      choose,
    );
    const { choices } = bridge.record();
    expect(choices.map(({ rollouts, validation }) => [rollouts, validation])).toEqual([
      [0, null],
      [23, null],
      [47, expect.closeTo(0, 10)],
    ]);
  });

  test.each([
    ["no JSON", "{", "request", /one JSON object/],
    ["no object", "[1]", "request", /must be one of hello, tasks/],
    [
      "an unknown request",
      { request: "score" },
      "request",
      /must be one of hello, tasks, rollout, reflect, choose, bye/,
    ],
    ["another version", { ...hello, protocol: 2 }, "request", /"protocol"/],
    ["an unknown field", { request: "tasks", suite: "train", all: true }, "request", /all/],
    ["the test split", { request: "tasks", suite: "test" }, "request", /"suite"/],
    ["no task", { request: "rollout", skill, suite: "train", tasks: [] }, "request", /"tasks"/],
    ["an unknown task", { request: "rollout", skill, suite: "train", tasks: ["x"] }, "task", /no train task "x"/],
    ["a task twice", { request: "reflect", skill, tasks: ["train-1", "train-1"] }, "task", /twice/],
    ["a skill without a name", { request: "choose", skill: "# House\n" }, "skill", /cannot be used/],
    [
      "traces of validation",
      { request: "rollout", skill, suite: "validation", tasks: ["validation-1"], traces: true },
      "study",
      /train tasks only/,
    ],
    ["a second hello", hello, "order", /once/],
  ])("refuses %s with one message, and goes on", async (_, request, code, message) => {
    const bridge = openBridge();
    const [, refused, after] = await converse(bridge, hello, request, { id: 7, request: "tasks", suite: "validation" });
    expect(refused?.error?.code).toBe(code);
    expect(refused?.error?.message).toMatch(message);
    expect(after).toMatchObject({ id: 7 });
    expect(after?.ok?.["tasks"]).toHaveLength(24);
    expect(bridge.record()).toMatchObject({ spent: 0, reflections: 0, choices: [] });
  });

  test("wants hello first, and nothing after bye", async () => {
    const bridge = openBridge();
    const tasks = { request: "tasks", suite: "train" };
    const replies = await converse(bridge, tasks, hello, { request: "bye" }, tasks);
    expect(replies.map(({ error }) => error?.code)).toEqual(["order", undefined, undefined, "order"]);
  });
});

describe("a client", () => {
  const climber = (...words: string[]) => ({
    command: ["node", "tests/bench/peer-child.mjs", ...words] as [string, ...string[]],
    version: "1",
  });

  test("searches within the budget, the same way each time", async () => {
    const bridges = [openBridge(), openBridge()];
    const costs = await Promise.all(bridges.map((bridge) => runClient(climber(), bridge)));
    const [one, other] = bridges.map((bridge) => bridge.record());
    expect(one).toEqual(other);
    expect(one?.spent).toBe(200);
    expect(one?.choices.length).toBeGreaterThan(1);
    expect(costs[0]?.wall).toBeGreaterThan(0);
  });

  test("that ends before bye, or cannot be started, is an error", async () => {
    await expect(runClient(climber("leaves"), openBridge())).rejects.toThrow(/without `bye` \(exit code 3\)/);
    const missing = { command: ["no-such-program-here"] as [string], version: "1" };
    await expect(runClient(missing, openBridge())).rejects.toThrow(/ENOENT/);
  });
});

test("lines come whole however they are cut, and one that is too long is no JSON", async () => {
  async function* chunks() {
    for (const byte of Buffer.from('{"a":"ü"}\n123456789012345\n\n{}')) yield Buffer.from([byte]);
  }
  const lines: string[] = [];
  for await (const line of linesOf(chunks(), 12)) lines.push(line);
  expect(lines).toEqual(['{"a":"ü"}', "…", "", "{}"]);
});
