import { createSkillFolder, SKILL_FILE, type SkillFolder } from "../../skills/folder.ts";
import { exampleLine } from "../examples.ts";
import { demandOf, deskOf } from "../requests.ts";
import type { World } from "../world.ts";

/**
 * A past rollout as a skill of its own: what the request called for, and the steps that were right as the feedback said. Shortened to these; null where no step was.
 * `steps` are those that were done, less those that were not wanted, with those that were missed.
 */
export function trajectorySkill(
  world: World,
  { name, input, steps }: { name: string; input: string; steps: readonly string[] },
): SkillFolder | null {
  const triggers = [...demandOf(world, input).wanted.values()].map(({ trigger }) => trigger);
  if (triggers.length === 0 || steps.length === 0) return null;
  const description = `What was right for a request of the ${deskOf(input)} desk.`;
  const text = `---\nname: ${name}\ndescription: ${description}\n---\n\n${exampleLine(triggers, steps)}\n`;
  return createSkillFolder(name, { [SKILL_FILE]: new TextEncoder().encode(text) });
}
