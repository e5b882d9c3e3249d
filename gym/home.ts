import { createRetriever, descriptionOf } from "../skills/library/retrieval.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { deskOf } from "./requests.ts";

/** The skill that some requests belong to: the one that most of them fit best, as retrieval has it, and the first of a program where none fits. */
export function createHome(skills: readonly SkillFolder[]): (inputs: readonly string[]) => string {
  const [first = ""] = skills.map(({ name }) => name);
  if (skills.length < 2) return () => first;
  const retriever = createRetriever(skills);
  const known = new Map<string, string>();
  const fitting = (input: string): string => {
    const best = known.get(input) ?? retriever.find(input, 1)[0]?.name ?? first;
    known.set(input, best);
    return best;
  };
  return (inputs) => mostCommon(inputs.map(fitting)) ?? first;
}

/** The desk that most of some requests come from. */
export function mainDesk(inputs: readonly string[]): string | undefined {
  return mostCommon(inputs.flatMap((input) => deskOf(input) ?? []));
}

/** Whether the description of a skill names a desk. */
export function isFor(desk: string, skill: SkillFolder): boolean {
  return descriptionOf(skill)
    .split(/[^\p{L}\p{N}-]+/u)
    .includes(desk);
}

/** The first of those that are there most often. */
function mostCommon(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}
