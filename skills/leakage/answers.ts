import type { Task } from "../../state/task.ts";
import { gramsOf, wordsOf, type AddedBlock } from "./words.ts";

/** A shorter answer occurs by chance; so do these. */
const shortest = 4;
const common = new Set(["true", "false", "none", "null", "unknown", "other", "nothing", "error", "empty", "default"]);
/** A longer answer is compared by its first words. */
const mostWords = 8;

interface FoundAnswer {
  readonly block: AddedBlock;
  readonly answer: string;
  readonly isHeldOut: boolean;
}

/**
 * Finds answers of a single task in added text: those that no other task of the train split has, and those of a held-out task
 * that train tasks do not have. An answer that two train tasks have, or that the text of one mentions, is vocabulary: a rule may look for it.
 */
export function createAnswers(
  { train, heldOut }: { train: readonly Task[]; heldOut: readonly Task[] },
  { texts }: { texts: ReadonlyArray<readonly string[]> },
) {
  const trainAnswers = countAnswers(train);
  const heldAnswers = countAnswers(heldOut);
  const single = new Map<string, { answer: string; isHeldOut: boolean }>();
  for (const [key, { answer, count }] of heldAnswers)
    if (count === 1 && !trainAnswers.has(key)) single.set(key, { answer, isHeldOut: true });
  for (const [key, { answer, count }] of trainAnswers) if (count === 1) single.set(key, { answer, isHeldOut: false });
  const lengths = [...new Set([...single.keys()].map((key) => key.split(" ").length))];
  const mentioned = new Set(
    lengths.flatMap((length) => [...gramsOf(texts, length)].filter((gram) => single.has(gram))),
  );

  return (blocks: readonly AddedBlock[], known: ReadonlyArray<readonly string[]>): FoundAnswer[] => {
    const before = new Map(lengths.map((length) => [length, gramsOf(known, length)]));
    const found = new Map<string, FoundAnswer>();
    for (const block of blocks) {
      for (const length of lengths) {
        for (const gram of gramsOf([block.words], length)) {
          const answer = single.get(gram);
          if (answer === undefined || found.has(gram) || before.get(length)?.has(gram) === true) continue;
          if (!mentioned.has(gram)) found.set(gram, { block, ...answer });
        }
      }
    }
    return [...found.values()];
  };
}

/** How many tasks have each answer, by its words. */
function countAnswers(tasks: readonly Task[]): Map<string, { answer: string; count: number }> {
  const counts = new Map<string, { answer: string; count: number }>();
  for (const { expected } of tasks) {
    const answers = (Array.isArray(expected) ? expected : [expected]).filter(
      (each) => typeof each === "string" || typeof each === "number",
    );
    for (const key of new Set(answers.map((answer) => keyOf(String(answer))))) {
      if (key === undefined) continue;
      const known = counts.get(key);
      const answer = String(answers.find((each) => keyOf(String(each)) === key));
      counts.set(key, { answer, count: (known?.count ?? 0) + 1 });
    }
  }
  return counts;
}

function keyOf(answer: string): string | undefined {
  const words = wordsOf(answer).slice(0, mostWords);
  const key = words.join(" ");
  return key.length < shortest || common.has(key) ? undefined : key;
}
