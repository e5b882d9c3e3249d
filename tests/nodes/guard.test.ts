import { describe, expect, test } from "vitest";
import { createGuard } from "../../nodes/guard.ts";
import { createSkillFolder, programHash, type SkillFolder } from "../../skills/folder.ts";
import { inspect } from "../../nodes/trial/inspect.ts";
import { applyEdits } from "../../skills/edits.ts";
import { editsToLessons } from "../../skills/lessons.ts";
import type { Edit } from "../../state/program.ts";
import { newMember } from "../../state/archive.ts";
import { candidateFor, candidateOf, createListener, openRoom, skillOf, stateOf } from "../support/nodes.ts";

const nameless = createSkillFolder("guide", { "SKILL.md": new TextEncoder().encode("# No frontmatter\n") });
const linking = createSkillFolder("guide", {
  "SKILL.md": new TextEncoder().encode(
    "---\nname: guide\ndescription: Links.\n---\n\nSee [this](references/none.md).\n",
  ),
});

async function guard(...skills: SkillFolder[]) {
  const { payload, start } = await openRoom();
  const { runtime, events } = createListener();
  for (const skill of skills) await payload.putProgram([skill]);
  const candidates = skills.map((skill) => candidateFor(skill, start));
  const { findings } = await createGuard({ payload })(stateOf({ candidates, generation: 5 }), runtime);
  return { findings: findings!, events, candidates };
}

describe("the guard", () => {
  test("finds nothing against a candidate that keeps to the specification", async () => {
    expect(await guard(skillOf("cats"))).toMatchObject({ findings: [], events: [] });
  });

  test("blocks a candidate that breaks the specification, and says so", async () => {
    const { findings, events, candidates } = await guard(skillOf("cats"), nameless);
    const { program } = candidates[1]!;
    expect(findings).toMatchObject([{ program, rule: "frontmatter", severity: "block" }]);
    expect(events).toEqual([
      { type: "candidate-blocked", generation: 5, program, rule: "frontmatter", message: findings[0]!.message },
    ]);
  });

  test("lets pass what its parent breaks already, and blocks what is worse", async () => {
    const withText = (frontmatter: string, body: string) =>
      createSkillFolder("guide", { "SKILL.md": new TextEncoder().encode(`---\n${frontmatter}\n---\n${body}`) });
    const foreign = `name: other\ndescription: ${"x".repeat(1_100)}\nversion: 1.2`;
    const start = withText(foreign, "one");
    const { payload } = await openRoom();
    const candidates = [
      withText(foreign, "two"),
      withText(`${foreign}\nauthor: me`, "two"),
      withText(foreign.replace("xx", "x"), "two"),
    ];
    for (const skill of [start, ...candidates]) await payload.putProgram([skill]);
    const state = stateOf({ candidates: candidates.map((skill) => candidateFor(skill, programHash([start]))) });
    const { findings } = await createGuard({ payload })(state, createListener().runtime);
    const blocked = findings!.filter(({ severity }) => severity === "block");
    expect(blocked).toMatchObject([{ program: state.candidates[1]!.program, rule: "unknown-key" }]);
  });

  test("holds a new skill to all of the specification, and a renamed one to what it was", async () => {
    const { payload } = await openRoom();
    const file = (text: string) => ({ "SKILL.md": new TextEncoder().encode(text) });
    const start = [createSkillFolder("guide", file("---\nname: guide\ndescription: Old.\nversion: 1\n---\n"))];
    const parent = await payload.putProgram(start);
    const found = async (...edits: Edit[]) => {
      const program = await payload.putProgram(applyEdits(start, edits));
      const candidate = candidateOf("made", { parents: [parent], program, edits: await payload.putJson(edits) });
      const { findings } = await createGuard({ payload })(
        stateOf({ candidates: [candidate], start: parent }),
        createListener().runtime,
      );
      return findings!.filter(({ severity }) => severity === "block").map(({ rule }) => rule);
    };
    const text = "---\nname: alarm\nversion: 1\n---\n";
    const created = await found({ op: "create-file", skill: "alarm", file: "SKILL.md", text });
    expect(created).toEqual(["description", "unknown-key"]);
    expect(await found({ op: "rename-skill", skill: "guide", to: "manual" })).toEqual([]);
  });

  test("blocks a candidate that deletes lessons with their skill, and not one that renames it", async () => {
    const { payload } = await openRoom();
    const lessons = applyEdits([skillOf()], editsToLessons(skillOf(), "Look twice."));
    const start = [...lessons, createSkillFolder("other", nameless.files)];
    const parent = await payload.putProgram(start);
    const found = async (edit: Edit) => {
      const program = await payload.putProgram(applyEdits(start, [edit]));
      const candidate = candidateOf("made", { parents: [parent], program, edits: await payload.putJson([edit]) });
      return (await inspect(payload, candidate)).filter(({ severity }) => severity === "block").map(({ rule }) => rule);
    };
    expect(await found({ op: "delete-skill", skill: "guide" })).toEqual(["lessons"]);
    expect(await found({ op: "rename-skill", skill: "guide", to: "manual" })).toEqual([]);
  });

  test("blocks a candidate that is the same as its parent", async () => {
    const { findings } = await guard(skillOf());
    expect(findings).toMatchObject([{ rule: "no-change", severity: "block" }]);
  });

  test("blocks a candidate that the archive holds already, and no other of its generation", async () => {
    const { payload, start } = await openRoom();
    const programs = [await payload.putProgram([skillOf("cats")]), await payload.putProgram([skillOf("dogs")])];
    const archive = await payload.putJson([start, programs[0] as string].map(newMember));
    const candidates = programs.map((program, at) => candidateOf(`${at}`, { parents: [start], program }));
    const state = stateOf({ start, head: start, archive, candidates });
    const { findings } = await createGuard({ payload })(state, createListener().runtime);
    expect(findings).toMatchObject([{ program: programs[0], rule: "known", severity: "block" }]);
    const episode = { number: 2, step: 1, tuned: true, from: null };
    const tuned = await createGuard({ payload })({ ...state, episode }, createListener().runtime);
    expect(tuned.findings).toEqual([]);
  });

  test("blocks a candidate that has no skill any more", async () => {
    const { payload, start } = await openRoom();
    const candidate = candidateOf("empty", { parents: [start], program: await payload.putProgram([]) });
    const { findings } = await createGuard({ payload })(stateOf({ candidates: [candidate] }), createListener().runtime);
    expect(findings).toMatchObject([{ rule: "no-skill", severity: "block" }]);
  });

  test("only warns of what is advice in the specification", async () => {
    const { findings, events } = await guard(linking);
    expect(findings).toMatchObject([{ rule: "link", severity: "warn" }]);
    expect(events).toEqual([]);
  });
});
