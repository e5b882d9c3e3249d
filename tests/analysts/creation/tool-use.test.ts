import { expect, test } from "vitest";
import { mineTools, toolsJson } from "../../../analysts/creation/tool-use.ts";
import type { Example, ToolDescription } from "../../../analysts/creator.ts";

const tool = (name: string): ToolDescription => ({ name, description: `Does ${name}.`, parameters: null });
const example = (input: string, expected: string | null, calls?: string[]): Example => ({
  question: { id: input, input },
  expected,
  ...(calls === undefined ? {} : { calls }),
});

test("tools are counted by the cases that called them, and what only one case called is left out", () => {
  const examples = [
    example("a", "refund", ["lookup", "refund", "refund"]),
    example("b", "refund", ["refund"]),
    example("c", "status", ["lookup"]),
    example("d", "status", ["lookup", "archive"]),
  ];
  const used = mineTools([tool("refund"), tool("lookup"), tool("archive"), tool("unused")], examples);
  expect(used.map(({ name, cases, scenarios }) => [name, cases, scenarios])).toEqual([
    ["lookup", 3, { status: 2, refund: 1 }],
    ["refund", 2, { refund: 2 }],
  ]);
  expect(JSON.parse(toolsJson(used))).toMatchObject([{ name: "lookup", description: "Does lookup." }, {}]);
});

test("a case that does not say what it called uses the tools that it names", () => {
  const examples = [example("please call order_lookup", null), example("order_lookup, order", null)];
  expect(mineTools([tool("order_lookup"), tool("order")], examples).map(({ name }) => name)).toEqual(["order_lookup"]);
});

test("all tools are listed where no case used any, and called tools without a description are", () => {
  expect(mineTools([tool("a"), tool("b")], [example("x", "y")])).toHaveLength(2);
  const calling = [example("a", "y", ["secret"]), example("b", "y", ["secret"])];
  expect(mineTools([], calling)).toMatchObject([{ name: "secret", description: "", cases: 2 }]);
});
