import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metaCards, operatorCard } from "../../../policies/composition/cards.ts";
import { editKinds } from "../../../policies/composition/edit-kinds.ts";
import {
  chanceOf,
  isRefuted,
  mine,
  Mined,
  mostMinedBytes,
  nothingMined,
  type Pair,
} from "../../../policies/composition/mining.ts";
import { composePlans } from "../../../policies/composition/plans.ts";
import { textOf } from "../../../skills/folder.ts";
import { canonicalJson } from "../../../state/json.ts";
import type { Edit } from "../../../state/program.ts";
import type { Deficiency } from "../../../state/study.ts";
import { hashOf } from "../records.ts";

const missing = { category: "missing_rule", defect: "missing" } as const;
const wrong = { category: "bad_default", defect: "incorrect" } as const;

const pairOf = (operators: string[], changes: Partial<Pair> = {}): Pair => {
  return { operators, about: missing, worked: true, gain: 0.1, edits: hashOf(operators.join("+")), ...changes };
};
const twice = (pair: Pair): Pair[] => [pair, pair];
const minedOf = (...pairs: Pair[]): Mined => pairs.reduce(mine, nothingMined);

const deficiencyOf = (kind: { category: string; defect: Deficiency["defect"] }, tasks: string[], plan = "") => {
  return { ...kind, tasks, plan, skill: "mail", file: "SKILL.md", place: null, severity: "high", extra: {} } as const;
};

describe("mining operators from pairs", () => {
  test("counts what worked and what did not, by kind of deficiency, with gains that were measured", () => {
    const { operators, combinations } = minedOf(
      pairOf(["add", "narrow"], { gain: 0.25 }),
      pairOf(["add"], { gain: null }),
      pairOf(["add"], { worked: false, gain: -0.125 }),
      pairOf(["narrow", "add"], { about: wrong, worked: false, gain: null }),
    );
    expect(operators.find(({ name }) => name === "add")).toEqual({
      name: "add",
      tried: [
        { ...missing, worked: 2, failed: 1, gain: 0.125, measured: 2 },
        { ...wrong, worked: 0, failed: 1, gain: 0, measured: 0 },
      ],
      best: { edits: hashOf("add+narrow"), gain: 0.25 },
    });
    expect(combinations).toEqual([{ operators: ["add", "narrow"], worked: 1, failed: 1 }]);
  });

  test("rules out what failed more often than it worked, and expects half of what was never tried to work", () => {
    expect([isRefuted({ worked: 1, failed: 1 }), isRefuted({ worked: 1, failed: 2 })]).toEqual([false, true]);
    expect([chanceOf({ worked: 0, failed: 0 }), chanceOf({ worked: 2, failed: 1 })]).toEqual([1 / 2, 3 / 5]);
  });

  test("stays within its size and its schema, whatever is tried for however long", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 90 });
    const pairs = fc.array(
      fc.record({
        operators: fc.array(text, { maxLength: 6 }),
        about: fc.record({ category: text, defect: fc.constantFrom("missing", "insufficient", "incorrect") }),
        worked: fc.boolean(),
        gain: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
        edits: fc.constant(hashOf("edits")),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(pairs, (list) => {
        const mined = Mined.parse(list.reduce<Mined>((known, pair) => mine(known, pair as Pair), nothingMined));
        expect(Buffer.byteLength(canonicalJson(mined))).toBeLessThan(mostMinedBytes);
        for (const { tried } of mined.operators)
          for (const { worked, failed, measured } of tried) expect(measured).toBeLessThanOrEqual(worked + failed);
      }),
      { numRuns: 40 },
    );
    const wide = Array.from({ length: 400 }, (_, index) =>
      pairOf(
        [1, 2, 3, 4].map((each) => `${"語".repeat(45)}`.slice(0, 36) + ((index * each) % 97)),
        {
          about: { ...missing, category: `${index % 11}${"語".repeat(80)}` },
        },
      ),
    );
    expect(Buffer.byteLength(canonicalJson(minedOf(...wide)))).toBeLessThan(mostMinedBytes);
  });

  test("names edits by what they do where the analyst names no operator", () => {
    const text = (op: "append" | "replace" | "delete", anchor: string, added: string): Edit => {
      return { skill: "mail", file: "SKILL.md", op, anchor, text: added };
    };
    const edits: Array<[string, Edit]> = [
      ["add_text", text("append", "", "- Be kind.")],
      ["rewrite_text", text("replace", "Be kind.", "Be kind and brief.")],
      ["shorten_text", text("replace", "Be kind and brief.", "Be kind.")],
      ["remove_text", text("delete", "Be kind.", "")],
      ["rewrite_description", text("replace", "name: mail\ndescription: Mail.", "name: mail\ndescription: Sorts it.")],
      ["create_skill", { op: "create-file", skill: "bills", file: "SKILL.md", text: "" }],
      ["add_file", { op: "create-file", skill: "mail", file: "references/a.md", text: "" }],
      ["remove_file", { op: "delete-file", skill: "mail", file: "references/a.md" }],
      ["remove_skill", { op: "delete-skill", skill: "mail" }],
      ["rename", { op: "rename-skill", skill: "mail", to: "post" }],
    ];
    expect(edits.map(([, edit]) => editKinds([edit, edit]))).toEqual(edits.map(([kind]) => [kind]));
  });
});

describe("cards", () => {
  test("say when to use an operator, when not to, and how, as skills", () => {
    const { operators } = minedOf(pairOf(["add"], { gain: 0.25 }), pairOf(["add"], { about: wrong, worked: false }));
    const edit: Edit = { skill: "mail", file: "SKILL.md", op: "append", anchor: "", text: "- Be kind." };
    const card = operatorCard(operators[0]!, [edit]);
    expect([card.name, textOf(card)]).toEqual([
      "operator-add",
      `---
name: operator-add
description: "Edits a skill by add. Use it for: missing_rule (missing). Do not use it for: bad_default (incorrect)."
metadata:
  type: operator
---

# add

## When to use

- missing_rule (missing): worked 1 of 1, +0.250 in mean score

## When not to use

- bad_default (incorrect): worked 0 of 1, +0.100 in mean score

## How

In the pair that gained most:

- append with "- Be kind." in SKILL.md

## Effect

At most +0.250 in mean score.
`,
    ]);
  });

  test("say when not to use an operator also where it has never failed, or never worked", () => {
    const [good] = minedOf(pairOf(["add"])).operators;
    const [bad] = minedOf(pairOf(["cut"], { worked: false })).operators;
    expect(textOf(operatorCard(good!))).toMatch(/## When not to use\n\nFor any other deficiency nothing is known/);
    expect(textOf(operatorCard(bad!))).toMatch(/## When to use\n\nIt has worked for no deficiency yet\./);
  });

  test("of meta skills say what to choose and what to combine; there are none of nothing", () => {
    expect(metaCards(nothingMined)).toEqual([]);
    const mined = minedOf(
      pairOf(["add", "cut"]),
      pairOf(["add"]),
      pairOf(["add", "move"], { about: wrong, worked: false }),
    );
    const [choose, combine] = metaCards(mined).map((card) => textOf(card));
    expect(choose).toContain("- missing_rule (missing): add, cut\n");
    expect(choose).not.toContain("bad_default");
    expect(combine).toMatch(
      /## Together\n\n- add, cut: worked 1 of 1\n\n## Not together\n\n- add, move: worked 0 of 1/,
    );
  });
});

describe("plans composed of operators", () => {
  const profile = [deficiencyOf(wrong, ["t1"]), deficiencyOf(missing, ["t2", "t3"]), deficiencyOf(missing, ["t4"])];

  test("take the best of each kind of deficiency first, then the second best", () => {
    const mined = minedOf(
      ...twice(pairOf(["add"])),
      pairOf(["extend"]),
      ...twice(pairOf(["set"], { about: wrong })),
      pairOf(["move"], { about: wrong }),
    );
    const plans = [
      ["add", "set"],
      ["extend", "move"],
    ];
    expect(composePlans(profile, mined, 2)).toEqual(plans);
    expect(composePlans(profile, mined, 1)).toEqual(plans.slice(0, 1));
  });

  test("leave out what a card says not to use, and are none where nothing is found", () => {
    const failed = minedOf(pairOf(["add"], { worked: false }));
    expect(composePlans(profile.slice(1), failed, 2)).toEqual([]);
    expect(composePlans(profile, nothingMined, 2)).toEqual([]);
    expect(composePlans([], minedOf(pairOf(["add"])), 2)).toEqual([]);
    const strange = deficiencyOf({ category: "zzz", defect: "insufficient" }, ["t1"], "qqq");
    expect(composePlans([strange], minedOf(pairOf(["add"])), 2)).toEqual([]);
  });

  test("add what worked together with the first operator, and drop what failed together with it", () => {
    const together = minedOf(pairOf(["add", "quote"]), pairOf(["add"]));
    expect(composePlans(profile.slice(1), together, 1)).toEqual([["add", "quote"]]);
    const apart = minedOf(
      ...twice(pairOf(["add"])),
      ...twice(pairOf(["set"], { about: wrong })),
      pairOf(["add", "set"], { about: { ...missing, category: "other" }, worked: false }),
    );
    expect(composePlans(profile, apart, 1)).toEqual([["add"]]);
  });
});
