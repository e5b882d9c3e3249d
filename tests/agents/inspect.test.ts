import { expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createSkillFolder } from "../../skills/folder.ts";

const { inspect } = createProcedureAgent();

const skillOf = (text: string, name = "label", file = "SKILL.md") =>
  createSkillFolder(name, { [file]: new TextEncoder().encode(text) });

test("says where a bullet is that the agent does not execute, what was expected, and what was probably meant", () => {
  const skill = skillOf('# Label\n\n## Rules\n\n- When it mentoins "x", answer `c`.\n- Otherwise, answer `d`.\n');
  expect(inspect?.([skill])).toEqual([
    {
      skill: "label",
      file: "SKILL.md",
      line: 5,
      column: 11,
      message: expect.stringMatching(/^not executed: .*did you mean "mentions"\?/),
    },
  ]);
});

test("names every skill's findings, in any of its sections and in a single text", () => {
  const first = skillOf("## Finish\n- Be kind.\n- Lower-case it.\n", "alpha");
  const second = skillOf(
    "## Rules\n- Otherwise, answer `a`. <!-- r1 -->\n- Otherwise, answer `b`. <!-- r1 -->\n",
    "beta",
    "AGENTS.md",
  );
  expect(inspect?.([first, second])).toMatchObject([
    { skill: "alpha", file: "SKILL.md", line: 2, message: expect.stringContaining("not executed") },
    { skill: "beta", file: "AGENTS.md", line: 3, message: "duplicate id r1, already used by a rule above" },
  ]);
});

test("says plainly that nothing of the skills is executed", () => {
  expect(inspect?.([skillOf("# Label\n\n- When it has a link, answer `a`.\n")])).toEqual([
    {
      skill: "label",
      file: "SKILL.md",
      line: null,
      column: null,
      message: expect.stringContaining("nothing in the skill is executed"),
    },
  ]);
  expect(inspect?.([skillOf("# One\n", "one"), skillOf("## Rules\n- Otherwise, answer `a`.\n", "two")])).toEqual([]);
});
