import { mainFile, textOf, type SkillFolder } from "../folder.ts";
import { wordsOf } from "../leakage/words.ts";
import { createRanking } from "../library/bm25.ts";
import { descriptionOf } from "../library/retrieval.ts";
import { classifyItems, itemsOf } from "./items.ts";

/** What a host lists of a skill. */
export interface Listed {
  name: string;
  description: string;
}

/** A question, and the skill that is to be chosen for it. */
export interface RoutingCase {
  question: string;
  skill: string;
}

/** What a description of the skill is tested by: questions, and the skills that it is told apart from. */
export interface RoutingPool {
  skill: string;
  cases: readonly RoutingCase[];
  others: readonly Listed[];
}

/** The skill that is chosen for a question, by its name; null for none. */
export type Router = (question: string, listed: readonly Listed[]) => string | null;

/** Questions that are to lead to the skill, and to others; skills beside it, and the look-alike. SkillReducer's numbers are not published [R]. */
const [mostOwn, mostForeign, mostOthers] = [6, 4, 5];
/** Lines longer than this are cut. */
const questionCharacters = 200;

/**
 * Routing by BM25 over descriptions. Names are left out, as they stay whatever becomes of a description; a skill is chosen if it fits best, alone. A
 * stand-in for the language model that routes in SkillReducer [R].
 */
export const routeByWords: Router = (question, listed) => {
  const ranking = createRanking(listed.map(({ description }) => wordsOf(description)));
  const scores = [...ranking.scores(wordsOf(question))];
  const best = Math.max(0, ...scores);
  const chosen = listed.filter((_, place) => best > 0 && best - (scores[place] ?? 0) < 1e-9);
  return chosen.length === 1 ? (chosen[0] as Listed).name : null;
};

/**
 * Questions and distractors for a skill, from what its program says. Questions are lines of its body that have words of its description, together as many
 * of them as possible; others are descriptions of the skills nearest to it, and of a look-alike: a skill about the same that has every second word. Of the
 * questions only those count that the description routes right as it is. The paper has all of them written by a model [S]; this is ours [R].
 */
export function routingPool(skill: SkillFolder, program: readonly SkillFolder[]): RoutingPool {
  const description = descriptionOf(skill);
  const listed = { name: skill.name, description };
  const near = nearestTo(listed, program);
  const alike = lookAlike(listed);
  const others = [...near, alike];
  const own = ownQuestions(skill, description).map((question) => ({ question, skill: skill.name }));
  const foreign = others
    .slice(0, mostForeign)
    .map((other) => ({ question: distinctPart(other, listed), skill: other.name }));
  const cases = [...own, ...foreign].filter((one) => routeByWords(one.question, [listed, ...others]) === one.skill);
  return { skill: skill.name, cases, others };
}

/** The cases that a description does not route right. */
export function misrouted({ skill, cases, others }: RoutingPool, description: string, route: Router): RoutingCase[] {
  return cases.filter((one) => route(one.question, [{ name: skill, description }, ...others]) !== one.skill);
}

/** The other skills whose descriptions share the most words. */
function nearestTo({ name, description }: Listed, program: readonly SkillFolder[]): Listed[] {
  const words = new Set(wordsOf(description));
  const shared = (other: Listed) => new Set(wordsOf(other.description).filter((word) => words.has(word))).size;
  return program
    .filter((other) => other.name !== name)
    .map((other): Listed => ({ name: other.name, description: descriptionOf(other) }))
    .filter((other) => other.description !== "")
    .toSorted((a, b) => shared(b) - shared(a) || (a.name < b.name ? -1 : 1))
    .slice(0, mostOthers);
}

function lookAlike({ name, description }: Listed): Listed {
  const half = [...new Set(wordsOf(description))].filter((_, place) => place % 2 === 1);
  return { name: `${name}-look-alike`, description: half.join(" ") };
}

/** Lines of core rules, without words of the name, chosen one by one: each adds the most words of the description that no line before it has. */
function ownQuestions(skill: SkillFolder, description: string): string[] {
  const named = new Set(wordsOf(skill.name));
  const wanted = new Set(wordsOf(description).filter((word) => !named.has(word) && isTelling(word)));
  const lines = coreLines(skill).map((line) => {
    const words = wordsOf(line).filter((word) => !named.has(word));
    const telling = new Set(words.filter((word) => wanted.has(word)));
    return { question: words.join(" ").slice(0, questionCharacters), words: telling };
  });
  const chosen: string[] = [];
  const covered = new Set<string>();
  const gain = ({ words }: { words: ReadonlySet<string> }) => [...words].filter((word) => !covered.has(word)).length;
  while (chosen.length < mostOwn) {
    const [best] = lines.toSorted((a, b) => gain(b) - gain(a));
    if (best === undefined || gain(best) === 0) break;
    chosen.push(best.question);
    for (const word of best.words) covered.add(word);
  }
  return chosen;
}

/** Short words, and these, say nothing of what a skill is about (ours [R]). */
const common = new Set(
  "about also been from have into more most much only other over some such than that their them then they this very what when which will with your".split(
    " ",
  ),
);

function isTelling(word: string): boolean {
  return word.length > 3 && !common.has(word);
}

function coreLines(skill: SkillFolder): string[] {
  const items = itemsOf(textOf(skill, mainFile(skill)) ?? "");
  const kinds = classifyItems(items);
  const core = items.filter((item, place) => kinds[place] === "core_rule" && !item.fenced);
  return core
    .flatMap(({ text, titles }) => [titles.at(-1) ?? "", ...text.split("\n")])
    .filter((line) => line.trim() !== "");
}

/** What a description says that another does not. */
function distinctPart(of: Listed, other: Listed): string {
  const known = new Set(wordsOf(other.description));
  const words = wordsOf(of.description);
  const own = words.filter((word) => !known.has(word));
  return (own.length === 0 ? words : own).join(" ").slice(0, questionCharacters);
}
