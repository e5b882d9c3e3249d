import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSkillFolder, programHash, textOf, type SkillFolder } from "../../skills/folder.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { uniteSkills, type Source } from "../../skills/union.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const skillOf = (name: string, says: string): SkillFolder =>
  createSkillFolder(name, { "SKILL.md": encode(`---\nname: ${name}\ndescription: Sorts.\n---\n\n${says}\n`) });
const unite = (...sources: Array<[string, ...SkillFolder[]]>) =>
  uniteSkills(sources.map(([from, ...skills]): Source => ({ from, skills })));

describe("the union of programs", () => {
  test("has each skill once, in order of name, and says where it is from", () => {
    const shared = skillOf("shared", "same");
    const { skills, taken, leftOut } = unite(
      ["a", skillOf("water", "tap"), shared],
      ["b", shared, skillOf("lights", "lamp")],
    );
    expect(skills.map(({ name }) => name)).toEqual(["lights", "shared", "water"]);
    expect(taken).toEqual([
      { skill: "lights", from: "b", same: [] },
      { skill: "shared", from: "a", same: ["b"] },
      { skill: "water", from: "a", same: [] },
    ]);
    expect(leftOut).toEqual([]);
  });

  test("takes of two texts under one name that of the first, also where the names differ by Unicode form", () => {
    const { skills, leftOut } = unite(
      ["a", skillOf("water", "tap")],
      ["b", skillOf("water", "pipe")],
      ["c", skillOf("ｗater", "sea")],
    );
    expect(skills.map((skill) => textOf(skill))).toEqual([expect.stringContaining("tap")]);
    const taken = { skill: "water", from: "a" };
    expect(leftOut).toEqual([
      { skill: "water", from: "b", because: "name", taken },
      { skill: "ｗater", from: "c", because: "name", taken },
    ]);
  });

  test("takes of two names of one text the first", () => {
    const { skills, leftOut } = unite(["a", skillOf("water", "tap")], ["b", skillOf("taps", "tap")]);
    expect(skills.map(({ name }) => name)).toEqual(["water"]);
    expect(leftOut).toEqual([{ skill: "taps", from: "b", because: "text", taken: { skill: "water", from: "a" } }]);
  });

  test("refuses a program that is one text", () => {
    const text = createSkillFolder("agents", { "AGENTS.md": encode("Be kind.\n") });
    expect(() => unite(["a", minimalSkill("water", "Taps.")], ["b", text])).toThrow(
      /program of b is one text, AGENTS.md/,
    );
  });

  test("is the program itself for several of it, and holds what is taken or left out once", () => {
    const skill = fc.record({ name: fc.constantFrom("a", "b", "c"), says: fc.constantFrom("1", "2") });
    const program = fc.uniqueArray(skill, { selector: ({ name }) => name, minLength: 1 });
    fc.assert(
      fc.property(fc.array(program, { minLength: 1, maxLength: 4 }), (programs) => {
        const sources = programs.map((skills, at) => ({
          from: String(at),
          skills: skills.map(({ name, says }) => skillOf(name, says)),
        }));
        const { skills, taken, leftOut } = uniteSkills(sources);
        const all = sources.flatMap((source) => source.skills).length;
        expect(taken.length + taken.flatMap(({ same }) => same).length + leftOut.length).toBe(all);
        const again = uniteSkills([{ from: "union", skills }, ...sources]);
        expect(programHash(again.skills)).toBe(programHash(skills));
      }),
    );
  });
});
