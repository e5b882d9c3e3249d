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
  /** At most `most` skills, the best first; equal ones in order of name. A skill that has no word of the text is not among them. */
  find(text: string, most: number): Retrieved[];
}

/** Retrieval by BM25 over name, description and body of each skill, as in SkillOS (arXiv 2605.06614) [C of replication]. */
export function createRetriever(skills: readonly SkillFolder[]): Retriever {
  const names = skills.map(({ name }) => name);
  const ranking = createRanking(skills.map(wordsOfSkill));
  return {
    find(text, most) {
      const scores = ranking.scores(wordsOf(text));
      const found: Retrieved[] = [];
      for (const [place, score] of scores.entries()) {
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
  return wordsOf(`${skill.name}\n${descriptionIn(fields)}\n${body}`);
}

/** The description of a skill, or an empty text. */
export function descriptionIn(fields: Readonly<Record<string, unknown>> | null): string {
  const description = fields?.["description"];
  return typeof description === "string" ? description : "";
}
