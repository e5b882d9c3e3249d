import type { SkillFolder } from "../../skills/folder.ts";
import { placeOf } from "./workspace.ts";

/** `forced`: the prompt orders the agent to read and follow the skill. `triggered`: the agent decides by its description. */
export type SkillMode = "forced" | "triggered";

/** What an agent is asked. A triggered skill must not be named, or its description would not be put to the test. */
export function promptFor(input: string, skills: readonly SkillFolder[], mode: SkillMode): string {
  if (mode === "triggered" || skills.length === 0) return input;
  const places = skills.map(placeOf);
  const read =
    places.length === 1
      ? `Read ${places[0]} and follow it`
      : `Read those of these files that fit and follow them: ${places.join(", ")}. Use them`;
  return `${read} to do the task below. Your last message must be the answer and nothing else.\n\nTask:\n${input}`;
}
