import type { SkillFolder } from "../folder.ts";
import type { Task } from "../../state/task.ts";
import { programTexts } from "./added.ts";
import { wordsOf, type AddedBlock } from "./words.ts";

/** What is shorter occurs by itself: as words, with the spaces around them, and with its signs [R]. */
const shortest = { words: 2, spelled: 6, signed: 3 };

interface Added {
  blocks: readonly AddedBlock[];
  /** Words of the texts of the parents. */
  known: ReadonlyArray<readonly string[]>;
  parents: readonly SkillFolder[];
}

/**
 * Tasks of which a line, or two that follow each other, have the whole question and the answer: all of its words in order, or, where they are too few, the
 * question with its signs, such as `1 C$`. What is one word without signs is a word like any other.
 */
export function pairedTasks(
  { blocks, known, parents }: Added,
  { tasks, texts }: { tasks: readonly Task[]; texts: ReadonlyArray<readonly string[]> },
): number[] {
  const pairsOf = (lines: readonly string[]) => lines.map((line, at) => `${line} ${lines[at + 1] ?? ""}`);
  const lines = blocks.flatMap(({ text }) => pairsOf(text.split("\n")));
  const words = lines.map(spaced);
  const signs = lines.map(plain);
  const before = known.map((each) => ` ${each.join(" ")} `);
  const isPairIn = (own: readonly string[], question: string, answer: string) =>
    own.some((line) => isIn(line, question) && spaced(line.replace(question, " ")).includes(answer));
  return tasks.flatMap(({ input, files, expected }, index) => {
    if (typeof expected === "object" || expected === undefined) return [];
    const answer = spaced(String(expected));
    if (answer.trim() === "") return [];
    const [own, spelled] = [texts[index] as readonly string[], ` ${(texts[index] as readonly string[]).join(" ")} `];
    if (own.length >= shortest.words && spelled.length >= shortest.spelled)
      return isPairIn(words, spelled, answer) && !before.some((text) => text.includes(spelled)) ? [index] : [];
    const question = plain(input);
    if (files !== undefined || question.length < shortest.signed || !/[^\p{L}\p{M}\p{N}\s]/u.test(question)) return [];
    const isKnown = () => programTexts(parents).some((text) => isIn(plain(text), question));
    return isPairIn(signs, question, answer) && !isKnown() ? [index] : [];
  });
}

/** Words with a space before and behind each. */
function spaced(text: string): string {
  return ` ${wordsOf(text).join(" ")} `;
}

/** A text as it is compared with its signs: in lower case, in the compatible form of Unicode, with single spaces. */
function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

/** Whether a part is in a text, and not within a word or a number. */
function isIn(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    if (!isOfWord(text.charAt(at - 1), part.charAt(0)) && !isOfWord(text.charAt(at + part.length), part.at(-1) ?? ""))
      return true;
  }
  return false;
}

const letter = /[\p{L}\p{M}\p{N}]/u;

/** Whether two characters beside each other are of one word. */
function isOfWord(one: string, other: string): boolean {
  return letter.test(one) && letter.test(other);
}
