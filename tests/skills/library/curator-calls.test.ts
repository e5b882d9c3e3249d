import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { performCalls } from "../../../skills/library/curator-calls.ts";
import { applyEdits } from "../../../skills/edits.ts";
import { createSkillFolder, programHash, textOf, type SkillFolder } from "../../../skills/folder.ts";
import { skillText } from "../../../skills/minimal.ts";
import type { CuratorCall } from "../../../state/curation.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const skillOf = (name: string, more: Record<string, string> = {}) =>
  createSkillFolder(name, {
    "SKILL.md": bytes(skillText({ name, description: `Does ${name}.`, body: `# ${name}\n\nBe kind.` })),
    ...Object.fromEntries(Object.entries(more).map(([file, text]) => [file, bytes(text)])),
  });
const library = [skillOf("mail"), skillOf("bills", { "references/tax.md": "Tax.\n" })];

const callOf = (tool: CuratorCall["tool"], name: string, changes: Partial<CuratorCall> = {}): CuratorCall => ({
  tool,
  name,
  newName: null,
  description: null,
  body: null,
  ...changes,
});
const insert = (name: string, body = "Sort them.") => callOf("insert", name, { description: `About ${name}.`, body });

function perform(calls: CuratorCall[], { skills = library, most = 9 }: { skills?: SkillFolder[]; most?: number } = {}) {
  const { edits, calls: judged } = performCalls(skills, calls, { most });
  const after = edits.length === 0 ? skills : applyEdits(skills, edits);
  return { edits, after, names: after.map(({ name }) => name), problems: judged.map(({ problem }) => problem) };
}

const textIn = (skills: readonly SkillFolder[], name: string) => textOf(skills.find((each) => each.name === name)!)!;

describe("the calls of a curator", () => {
  test("insert, update and delete skills, each on what the calls before left", () => {
    const { after, names, problems } = perform([
      insert("lamps", "Look."),
      callOf("update", "lamps", { body: "Look again." }),
      callOf("update", "bills", { description: "Pays bills." }),
      callOf("delete", "mail"),
    ]);
    expect(problems).toEqual([null, null, null, null]);
    expect(names).toEqual(["bills", "lamps"]);
    expect(textIn(after, "lamps")).toBe(skillText({ name: "lamps", description: "About lamps.", body: "Look again." }));
    expect(textIn(after, "bills")).toContain("description: Pays bills.\n---\n\n# bills\n\nBe kind.");
    expect(Object.keys(after[0]!.files)).toContain("references/tax.md");
  });

  test("rename a skill with its files, or write it anew under another name where it has no others", () => {
    const renamed = perform([callOf("update", "bills", { newName: "taxes" })]);
    expect(renamed.edits).toEqual([{ op: "rename-skill", skill: "bills", to: "taxes" }]);
    const moved = perform([callOf("update", "mail", { newName: "post", body: "New." })]);
    expect([moved.names, textIn(moved.after, "post")]).toEqual([
      ["bills", "post"],
      skillText({ name: "post", description: "Does mail.", body: "New." }),
    ]);
    const { problems } = perform([callOf("update", "bills", { newName: "taxes", body: "New." })]);
    expect(problems[0]).toMatch(/"bills" has files beside SKILL\.md: rename it in one call/);
  });

  test.each<[string, CuratorCall, RegExp]>([
    ["names no skill", callOf("update", "  ", { body: "x" }), /names no skill\. Skills are: mail, bills/],
    ["deletes what is not there", callOf("delete", "mails"), /no skill "mails" to delete \(did you mean "mail"\?\)/],
    ["inserts what is there", insert("mail"), /makes mail\/SKILL\.md, which exists already/],
    ["names one that differs by case", insert("Mail"), /cannot be named "Mail"/],
    ["names one in another Unicode form", insert("ｍａｉｌ"), /cannot stand beside mail/],
    ["renames to a name in use", callOf("update", "mail", { newName: "bills" }), /bills/],
    ["inserts without a text", callOf("insert", "lamps", { description: "x" }), /needs a description and a body/],
    ["empties a skill", callOf("update", "mail", { body: " \n" }), /without a text\. Delete it instead/],
    ["empties a description", callOf("update", "mail", { description: "" }), /without a description/],
    ["changes nothing", callOf("update", "mail", { description: "Does mail." }), /changes nothing/],
    ["says nothing", callOf("update", "mail"), /changes nothing/],
    ["is too long", insert("lamps", "x".repeat(60_000)), /50000 are taken/],
  ])("one that %s is reported, and the others are done", (_, call, problem) => {
    const { names, problems } = perform([insert("first"), call, insert("second")]);
    expect([problems[0], problems[2]]).toEqual([null, null]);
    expect(problems[1]).toMatch(problem);
    expect(names).toEqual(["bills", "first", "mail", "second"]);
  });

  test("replace a skill that is deleted and inserted again, without its other files", () => {
    const { edits, after, names, problems } = perform([callOf("delete", "bills"), insert("bills", "Pay them.")]);
    expect([problems, names]).toEqual([
      [null, null],
      ["bills", "mail"],
    ]);
    expect(textIn(after, "bills")).toBe(skillText({ name: "bills", description: "About bills.", body: "Pay them." }));
    expect(Object.keys(after[0]!.files)).toEqual(["SKILL.md"]);
    expect(edits).toHaveLength(2);
    const again = perform([callOf("delete", "bills"), insert("bills"), callOf("delete", "bills"), insert("bills")]);
    expect(again.problems).toEqual([null, null, null, null]);
    const twice = perform([callOf("delete", "bills"), insert("bills"), insert("bills")]);
    expect(twice.problems).toEqual([null, null, expect.stringContaining("bills")]);
  });

  test("never leave a library without a skill, also where each deletes another one", () => {
    const { names, problems } = perform([callOf("delete", "mail"), callOf("delete", "bills")]);
    expect(names).toEqual(["bills"]);
    expect(problems[1]).toMatch(/"bills" is the only skill/);
    const replaced = perform([callOf("delete", "mail"), insert("lamps"), callOf("delete", "bills")]);
    expect([replaced.names, replaced.problems]).toEqual([["lamps"], [null, null, null]]);
  });

  test("are done up to the number of edits that a generation allows", () => {
    const { names, problems } = perform([insert("one"), insert("two"), callOf("delete", "one"), insert("three")], {
      most: 2,
    });
    expect(names).toEqual(["bills", "mail", "three", "two"]);
    expect(problems).toEqual([null, null, null, null]);
    expect(perform([insert("one"), insert("two")], { most: 1 }).problems[1]).toBe(
      "With this call there are 2 edits; this generation allows 1.",
    );
  });

  test("edit a program that is one text, which takes no other skill", () => {
    const skills = [createSkillFolder("agents", { "AGENTS.md": bytes("Be kind.\n") })];
    const { after, problems } = perform([insert("lamps"), callOf("update", "agents", { body: "Be brief." })], {
      skills,
    });
    expect(problems[0]).toMatch(/one text/);
    expect(textOf(after[0]!)).toBe("Be brief.\n");
  });

  test("leave of any calls exactly what the valid ones make, in one draft", () => {
    const name = fc.constantFrom("mail", "bills", "lamps", "taps", "Mail", "");
    const text = fc.constantFrom(null, "", "Look.", "Look twice.\n\nThen wait.");
    const calls = fc.array(
      fc.record({
        tool: fc.constantFrom("insert", "update", "delete"),
        name,
        newName: fc.option(name, { nil: null }),
        description: text,
        body: text,
      }) as fc.Arbitrary<CuratorCall>,
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 4 }), (made, most) => {
        const { edits, calls: judged } = performCalls(library, made, { most });
        expect(judged.map(({ call }) => call)).toEqual(made);
        expect(edits.length).toBeLessThanOrEqual(most);
        const after = edits.length === 0 ? library : applyEdits(library, edits);
        expect(after.length).toBeGreaterThan(0);
        // The invalid ones changed nothing.
        const valid = judged.filter(({ problem }) => problem === null).map(({ call }) => call);
        const again = performCalls(library, valid, { most });
        expect(again.calls.every(({ problem }) => problem === null)).toBe(true);
        const alone = again.edits.length === 0 ? library : applyEdits(library, again.edits);
        expect(programHash(alone)).toBe(programHash(after));
      }),
      { numRuns: 200 },
    );
  });
});
