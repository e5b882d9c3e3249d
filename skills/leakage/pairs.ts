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
 * Finds tasks of which a line, or two that follow each other, have the whole question and the answer: all of its words in order, or, where they are too few, the
 * question with its signs, such as `1 C$`. What is one word without signs is a word like any other.
 */
export function createPairs(tasks: readonly Task[], texts: ReadonlyArray<readonly string[]>) {
  const pairs = tasks.flatMap((task, index) => pairOf(task, texts[index] as readonly string[], index));

  return ({ blocks, known, parents }: Added): number[] => {
    const twoOf = (lines: readonly string[]) => lines.map((line, at) => `${line} ${lines[at + 1] ?? ""}`);
    const lines = blocks.flatMap(({ text }) => twoOf(text.split("\n")));
    const added = { words: lines.map(spaced), signs: lines.map(plain) };
    const before = known.map((each) => ` ${each.join(" ")} `);
    const isKnown = ({ question, form }: Pair) =>
      form === "words"
        ? before.some((text) => text.includes(question))
        : programTexts(parents).some((text) => isIn(plain(text), question));
    const isCopied = ({ question, answer, form }: Pair) =>
      added[form].some((line) => isIn(line, question) && spaced(line.replace(question, " ")).includes(answer));
    return pairs.flatMap((pair) => (isCopied(pair) && !isKnown(pair) ? [pair.index] : []));
  };
}

/** A question and its answer as they are looked for. */
interface Pair {
  readonly index: number;
  readonly question: string;
  readonly answer: string;
  /** What the question is compared by. */
  readonly form: "words" | "signs";
}

function pairOf({ input, files, expected }: Task, words: readonly string[], index: number): Pair[] {
  if (typeof expected === "object" || expected === undefined) return [];
  const answer = spaced(String(expected));
  if (answer.trim() === "") return [];
  const spelled = ` ${words.join(" ")} `;
  if (words.length >= shortest.words && spelled.length >= shortest.spelled)
    return [{ index, question: spelled, answer, form: "words" }];
  const question = plain(input);
  const isPlain = question.length < shortest.signed || !/[^\p{L}\p{M}\p{N}\s]/u.test(question);
  return files !== undefined || isPlain ? [] : [{ index, question, answer, form: "signs" }];
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
