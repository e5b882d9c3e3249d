import { describe, expect, test } from "vitest";
import { whenInDoubt, type Doubtful } from "../../policies/doubt.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import { SettingsError } from "../../state/errors.ts";
import { findingOf, hashOf } from "./records.ts";

function skill(files: Record<string, string>, name = "guide") {
  const bytes = Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]);
  return createSkillFolder(name, Object.fromEntries(bytes));
}
const main = (fields = "") => ({
  "SKILL.md": `---\nname: guide\ndescription: Knows topics.\n${fields}---\n\n# Guide\n`,
});
const before = [skill({ ...main(), "scripts/run.sh": "#!/bin/sh\n", "notes.md": "old" })];

/** Nothing that anybody could doubt: a clear gain, in a text. */
const clear: Doubtful = {
  findings: [],
  before,
  after: [skill({ ...main(), "scripts/run.sh": "#!/bin/sh\n", "notes.md": "new" })],
  differences: Array.from({ length: 20 }, () => 1),
  spent: { rollouts: 79, simulations: 0, tokens: 1_000_000 },
  settings: { budgetRollouts: 100, budgetTokens: null },
};
const finding = (kind: "security" | "host", severity: "warn" | "hold") =>
  findingOf(hashOf("made"), { kind, severity, rule: "root-execution", message: "It runs sudo." });
const scripts = (files: Record<string, string>) => ({ after: [skill({ ...main(), ...files })] });

describe("the checkpoints of Mozi", () => {
  test("ask nobody where nothing is in doubt", () => expect(whenInDoubt().decide(clear)).toEqual([]));

  test.each<[string, Partial<Doubtful>, string[]]>([
    [
      "an unsafe finding",
      { findings: [finding("security", "warn")] },
      ["security finding root-execution: It runs sudo."],
    ],
    // 1.96 sqrt(5.84 / 10.68 / 10.68), by hand.
    ["an interval that holds 0", { differences: [1, 0, -1] }, ["the 95 % interval of its gain is -0.443 to +0.443"]],
    [
      "a small gain",
      { differences: [1, 1, ...Array.from({ length: 18 }, () => 0)] },
      [expect.stringContaining("is -0.")],
    ],
    ["a script that is gone", scripts({}), ["it changes scripts: guide/scripts/run.sh"]],
    [
      "scripts that changed and came",
      scripts({ "scripts/run.sh": "#!/bin/sh\nls\n", "scripts/a.py": "1" }),
      ["it changes scripts: guide/scripts/a.py, guide/scripts/run.sh"],
    ],
    [
      "other tools",
      { after: [skill({ ...main("allowed-tools: Bash\n"), "scripts/run.sh": "#!/bin/sh\n" })] },
      ["it changes allowed-tools: guide"],
    ],
    [
      "a new skill with tools",
      { after: [...before, skill(main("allowed-tools: [Bash]\n"), "other")] },
      ["it changes allowed-tools: other"],
    ],
    ["a budget of rollouts", { spent: { ...clear.spent, rollouts: 80 } }, ["80 % of budgetRollouts is spent"]],
    [
      "budgets of rollouts and tokens",
      { settings: { budgetRollouts: 79, budgetTokens: 900_000 } },
      ["100 % of budgetRollouts is spent", "111 % of budgetTokens is spent"],
    ],
  ])("ask about %s", (_, change, reasons) => expect(whenInDoubt().decide({ ...clear, ...change })).toEqual(reasons));

  test.each<[string, Partial<Doubtful>]>([
    ["what kept it out", { findings: [finding("security", "hold")] }],
    ["its form", { findings: [finding("host", "warn")] }],
    ["no comparison", { differences: [] }],
    ["skills that are gone", { before: [...before, skill(main("allowed-tools: Bash\n"), "other")] }],
  ])("do not ask about %s", (_, change) => expect(whenInDoubt().decide({ ...clear, ...change })).toEqual([]));

  test("have bounds that can be set, and are others then", () => {
    const differences = [...Array.from({ length: 5 }, () => 1), ...Array.from({ length: 15 }, () => 0)];
    expect(whenInDoubt({ confidence: 0.9 }).decide({ ...clear, differences })).toEqual([]);
    expect(whenInDoubt({ confidence: 0.999 }).decide({ ...clear, differences })).toHaveLength(1);
    expect(whenInDoubt({ budget: 0.5 }).decide(clear)).toEqual(["79 % of budgetRollouts is spent"]);
    expect(whenInDoubt({ budget: 0.5 }).name).not.toBe(whenInDoubt().name);
    for (const options of [{ confidence: 1 }, { confidence: Number.NaN }, { budget: 1.1 }])
      expect(() => whenInDoubt(options)).toThrow(SettingsError);
  });
});
