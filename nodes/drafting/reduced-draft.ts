import type { Proposal, Reducer } from "../../analysts/analyst.ts";
import type { ReducedPlan } from "../../policies/drafting.ts";
import { editsBetween } from "../../skills/files/edits-between.ts";
import { isSingleText, mainFile, textOf, type SkillFolder } from "../../skills/folder.ts";
import { classifyItems, isFixed, itemsOf, type BodyItem } from "../../skills/reduction/items.ts";
import { leavingItems, reduceBody } from "../../skills/reduction/reduce-body.ts";
import { reduceDescription } from "../../skills/reduction/reduce-description.ts";
import { misrouted, routeByWords, routingPool, type Listed } from "../../skills/reduction/routing.ts";
import { countTokens } from "../../skills/tokens.ts";
import { permutation, type Draw } from "../../state/draw.ts";
import type { DraftWork } from "./work.ts";

/** The parts of a skill, in the order in which they are shortened. */
const parts = ["description", "body"] as const;

/** A draft that shortens the first part of the program that is not finished and can be shortened; none where there is none. */
export async function draftReduced(
  { done, kept }: ReducedPlan,
  { skills, budget, proposer, drawFor, study }: DraftWork,
): Promise<Proposal> {
  const passed: string[] = [];
  // A program that is one text has no other files to move anything into.
  for (const skill of skills.filter((each) => !isSingleText(each))) {
    for (const part of parts) {
      const name = `${skill.name}/${part}`;
      if (done.includes(name)) continue;
      const share = kept?.part === name ? kept.share : 0;
      const reduced = await study(`optimizer/${name}`, () =>
        part === "body"
          ? bodyOf(skill, proposer, share)
          : descriptionFor(skill, { skills, proposer, draw: drawFor(name) }),
      );
      const before = await countTokens(textOf(skill) ?? "");
      const after = reduced === undefined ? before : await countTokens(textOf(reduced) ?? "");
      // Lines that say when to read a reference can be longer than what is moved into it.
      if (reduced === undefined || after >= before) {
        passed.push(name);
        continue;
      }
      const features = { part: name, passed, before, after, kept: share };
      const origin = { operator: `reduce_${part}`, target: skill.name, features };
      return { drafts: [{ edits: editsBetween([skill], [reduced], budget.edits), origin }], simulations: 0 };
    }
  }
  return { drafts: [], simulations: 0 };
}

interface Routing {
  skills: readonly SkillFolder[];
  proposer: Reducer;
  draw: Draw;
}

/** Votes of a model on the same questions, each with the skills in another order; most of them decide. The paper's number is not published [R]. */
const votes = 3;

/** With the fewest clauses that route, by words, and by an analyst that can say so. */
async function descriptionFor(
  skill: SkillFolder,
  { skills, proposer, draw }: Routing,
): Promise<SkillFolder | undefined> {
  const pool = routingPool(skill, skills);
  if (pool.cases.length === 0) return undefined;
  let asked = 0;
  const isVoted = async (description: string): Promise<boolean> => {
    const listed = [{ name: skill.name, description }, ...pool.others];
    const questions = pool.cases.map(({ question }) => question);
    const right = pool.cases.map(() => 0);
    for (let vote = 0; vote < votes; vote += 1) {
      const order = permutation(listed.length, (index) => draw(asked * listed.length + index));
      asked += 1;
      const routes = await proposer.route?.(
        questions,
        order.map((place) => listed[place] as Listed),
      );
      for (const [place, one] of pool.cases.entries())
        if (routes?.[place] === one.skill) right[place] = (right[place] ?? 0) + 1;
    }
    return right.every((count) => count > votes / 2);
  };
  return reduceDescription(
    skill,
    async (text) =>
      misrouted(pool, text, routeByWords).length === 0 && (proposer.route === undefined || (await isVoted(text))),
  );
}

/** With this share of the items that would leave kept, those that instruct most. What an analyst says of an item counts, unless the file's form fixes it. */
async function bodyOf(skill: SkillFolder, proposer: Reducer, share: number): Promise<SkillFolder | undefined> {
  const text = textOf(skill, mainFile(skill)) ?? "";
  const items = itemsOf(text);
  const said = items.length === 0 ? null : await proposer.classify?.(items);
  const kinds = said?.map((kind, place) => (isFixed(items[place] as BodyItem) ? "core_rule" : kind));
  // A reply that is missing says nothing, so nothing leaves.
  if (proposer.classify !== undefined && kinds === undefined) return undefined;
  const all = kinds ?? classifyItems(items);
  const leaving = leavingItems(text, all);
  return reduceBody(skill, all, new Set(leaving.slice(0, Math.ceil(share * leaving.length))));
}
