import type { Proposal } from "../../analysts/analyst.ts";
import type { ReducedPlan } from "../../policies/drafting.ts";
import { editsBetween } from "../../skills/files/edits-between.ts";
import { mainFile, textOf, type SkillFolder } from "../../skills/folder.ts";
import { classifyItems, itemsOf } from "../../skills/reduction/items.ts";
import { leavingItems, reduceBody } from "../../skills/reduction/reduce-body.ts";
import { reduceDescription } from "../../skills/reduction/reduce-description.ts";
import { misrouted, routeByWords, routingPool } from "../../skills/reduction/routing.ts";
import { countTokens } from "../../skills/tokens.ts";

/** The parts of a skill, in the order in which they are shortened. */
const parts = ["description", "body"] as const;

/** A draft that shortens the first part of the program that is not finished and can be shortened; none where there is none. */
export async function draftReduced(
  { done, kept }: ReducedPlan,
  { skills, edits: most }: { skills: readonly SkillFolder[]; edits: number },
): Promise<Proposal> {
  const passed: string[] = [];
  for (const skill of skills) {
    for (const part of parts) {
      const name = `${skill.name}/${part}`;
      if (done.includes(name)) continue;
      const share = kept?.part === name ? kept.share : 0;
      const reduced = part === "body" ? bodyOf(skill, share) : await descriptionFor(skill, skills);
      const before = await countTokens(textOf(skill) ?? "");
      const after = reduced === undefined ? before : await countTokens(textOf(reduced) ?? "");
      // Lines that say when to read a reference can be longer than what is moved into it.
      if (reduced === undefined || after >= before) {
        passed.push(name);
        continue;
      }
      const features = { part: name, passed, before, after, kept: share };
      const origin = { operator: `reduce_${part}`, target: skill.name, features };
      return { drafts: [{ edits: editsBetween([skill], [reduced], most), origin }], simulations: 0 };
    }
  }
  return { drafts: [], simulations: 0 };
}

function descriptionFor(skill: SkillFolder, program: readonly SkillFolder[]): Promise<SkillFolder | undefined> {
  const pool = routingPool(skill, program);
  if (pool.cases.length === 0) return Promise.resolve(undefined);
  return reduceDescription(skill, async (text) => misrouted(pool, text, routeByWords).length === 0);
}

/** With this share of the items that would leave kept, those that instruct most. */
function bodyOf(skill: SkillFolder, share: number): SkillFolder | undefined {
  const text = textOf(skill, mainFile(skill)) ?? "";
  const kinds = classifyItems(itemsOf(text));
  const leaving = leavingItems(text, kinds);
  return reduceBody(skill, kinds, new Set(leaving.slice(0, Math.ceil(share * leaving.length))));
}
