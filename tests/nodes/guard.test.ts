import { describe, expect, test } from "vitest";
import { createGuard } from "../../nodes/guard.ts";
import { createSkillFolder, programHash, type SkillFolder } from "../../skills/folder.ts";
import { newMember } from "../../state/archive.ts";
import { candidateFor, candidateOf, createListener, guardNeeds, openRoom, skillOf, stateOf } from "../support/nodes.ts";

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
  const { findings } = await createGuard(guardNeeds(payload))(stateOf({ candidates, generation: 5 }), runtime);
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
    const { findings } = await createGuard(guardNeeds(payload))(state, createListener().runtime);
    const blocked = findings!.filter(({ severity }) => severity === "block");
    expect(blocked).toMatchObject([{ program: state.candidates[1]!.program, rule: "unknown-key" }]);
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
    const { findings } = await createGuard(guardNeeds(payload))(state, createListener().runtime);
    expect(findings).toMatchObject([{ program: programs[0], rule: "known", severity: "block" }]);
  });

  test("blocks a candidate that has no skill any more", async () => {
    const { payload, start } = await openRoom();
    const candidate = candidateOf("empty", { parents: [start], program: await payload.putProgram([]) });
    const { findings } = await createGuard(guardNeeds(payload))(
      stateOf({ candidates: [candidate] }),
      createListener().runtime,
    );
    expect(findings).toMatchObject([{ rule: "no-skill", severity: "block" }]);
  });

  test("only warns of what is advice in the specification", async () => {
    const { findings, events } = await guard(linking);
    expect(findings).toMatchObject([{ rule: "link", severity: "warn" }]);
    expect(events).toEqual([]);
  });
});
