import { sizes } from "../../state/sizes.ts";
import { mainFile, textOf, type SkillFolder } from "../folder.ts";
import { parseFrontmatter } from "../frontmatter.ts";
import { wordsOf } from "../leakage/words.ts";
import { createRanking } from "./bm25.ts";

/** A skill that has words of a text, and how well it fits. */
interface Retrieved {
  readonly name: string;
  /** Above 0, without a unit: only scores of the same text and the same skills can be compared. */
  readonly score: number;
}

/** Finds skills by text. */
export interface Retriever {
  /** How well each skill fits a text, in the order of the skills; 0 for one that has no word of it. */
  scores(text: string): Float64Array;
  /** At most `most` skills, the best first; equal ones in order of name. A skill that has no word of the text is not among them. */
  find(text: string, most: number): Retrieved[];
}

/** Retrieval by BM25 over name, description and body of each skill, as in SkillOS (arXiv 2605.06614) [C of replication]. */
export function createRetriever(skills: readonly SkillFolder[]): Retriever {
  const names = skills.map(({ name }) => name);
  const ranking = createRanking(skills.map(wordsOfSkill));
  const scoresOf = (text: string) => ranking.scores(termsOf(text));
  return {
    scores: scoresOf,
    find(text, most) {
      const found: Retrieved[] = [];
      for (const [place, score] of scoresOf(text).entries()) {
        if (score === 0 || (found.length === most && score < (found.at(-1) as Retrieved).score)) continue;
        const one = { name: names[place] as string, score };
        const behind = found.findIndex((other) => isBefore(one, other));
        found.splice(behind === -1 ? found.length : behind, 0, one);
        if (found.length > most) found.pop();
      }
      return found;
    },
  };
}

function isBefore(one: Retrieved, other: Retrieved): boolean {
  return one.score > other.score || (one.score === other.score && one.name < other.name);
}

function wordsOfSkill(skill: SkillFolder): string[] {
  const { fields, body } = parseFrontmatter(textOf(skill, mainFile(skill)) ?? "");
  return termsOf(`${skill.name}\n${descriptionIn(fields)}\n${body}`);
}

/** Scripts that are written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The words of a text; of one in a script without spaces every two characters that follow each other, as Lucene's analyzer for Chinese and Japanese does [S]. */
function termsOf(text: string): string[] {
  return wordsOf(text.slice(0, sizes.compared)).flatMap((word) => {
    if (!unspaced.test(word)) return [word];
    const characters = [...word];
    if (characters.length === 1) return characters;
    return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
  });
}

/** The description of a skill, or an empty text. */
export function descriptionOf(skill: SkillFolder): string {
  return descriptionIn(parseFrontmatter(textOf(skill, mainFile(skill)) ?? "").fields);
}

/** The same of a frontmatter that was read. */
export function descriptionIn(fields: Readonly<Record<string, unknown>> | null): string {
  const description = fields?.["description"];
  return typeof description === "string" ? description : "";
}
