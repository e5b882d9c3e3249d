import type { Procedure } from "../../agents/procedure/interpret.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Rollout } from "../../state/task.ts";
import type { Notebook } from "./notebook.ts";

/** The procedure that the agent saw in a rollout of a program with these skills: what was not visible to it, it did not overlook. */
export function procedureSeenIn(
  skills: readonly SkillFolder[],
  { compile }: Pick<Notebook, "compile">,
): (rollout: Rollout) => Procedure {
  const whole = compile(skills);
  return ({ visible }) => {
    const seen = skills.filter(({ name }) => Object.hasOwn(visible, name));
    return seen.length === skills.length ? whole : compile(seen);
  };
}
