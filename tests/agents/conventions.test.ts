import { expect, test } from "vitest";
import { procedureConventions } from "../../agents/procedure/conventions.ts";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createSkillFolder } from "../../skills/folder.ts";

test("every form that the conventions show is executed by the procedure agent", () => {
  const bullets = procedureConventions.match(/^- .+$/gm) ?? [];
  const text = `# Label\n\n## Rules\n\n${bullets.join("\n")}\n`;
  const skill = createSkillFolder("label", { "SKILL.md": new TextEncoder().encode(text) });
  expect(bullets.length).toBeGreaterThan(4);
  expect(createProcedureAgent().inspect?.([skill])).toEqual([]);
});
