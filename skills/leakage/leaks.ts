import type { Draw } from "../../state/draw.ts";
import type { Json } from "../../state/json.ts";
import type { Task } from "../../state/task.ts";
import type { SkillFolder } from "../folder.ts";
import { quote } from "../shorten.ts";
import { sizes } from "../../state/sizes.ts";
import { addedBlocks, programTexts } from "./added.ts";
import { createAnswers } from "./answers.ts";
import { createOverlap } from "./overlap.ts";
import { createPairs } from "./pairs.ts";
import { coveredBy, createGrams, wordsOf, type AddedBlock, type FoundGram, type Grams } from "./words.ts";

/** Text of a task, of a check or of a prompt in a skill, which a run of other tasks does not need. */
export interface Leak {
  readonly rule:
    | "copied-task"
    | "task-overlap"
    | "task-id"
    | "single-answer"
    | "held-out-text"
    | "check-text"
    | "prompt-text";
  readonly block: AddedBlock;
  /** Quotes train tasks and the skill itself, never other splits. */
  readonly message: string;
}

export interface LeakSources {
  readonly train: readonly Task[];
  /** Compared with, but never quoted: tasks of the validation split. */
  readonly heldOut: readonly Task[];
  /** Texts of the check, such as a pattern or a rubric. */
  readonly literals: readonly string[];
  /** Texts that an analyst is sent. */
  readonly prompts: readonly string[];
}

/** Words in a row that are a copy [S: n-grams of 5 and 13], and the share and the least length of a task, and the runs of its own [R]. */
const run = { short: 5, long: 13, share: 0.8, literal: 8, task: 6, own: 3 };
/** An id that is shorter, or a plain word or number, occurs by itself. */
const shortestId = 6;
const shortestPattern = 5;

/**
 * Finds what a program copies that its parents do not have: a task (13 words in a row, or four fifths of one), the rare words of one task, the id or
 * the answer that one task alone has, text of the check, text of our prompts. What two train tasks share is vocabulary. Sources are indexed
 * once; a program takes time linear in the words of the tasks.
 */
export function createLeakCheck(sources: LeakSources) {
  const texts = sources.train.map(({ input, files }) => wordsOf(taskText(input, files)));
  const held = sources.heldOut.map(({ input, files }) => wordsOf(taskText(input, files)));
  const index: Index = {
    ...sources,
    texts,
    held,
    pairsOfTrain: createPairs(sources.train, texts),
    pairsOfHeldOut: createPairs(sources.heldOut, held),
    overlapOf: createOverlap(texts),
    answersIn: createAnswers(sources, { texts }),
    literals: [...sources.literals, ...sources.train.flatMap(({ meta }) => stringsIn(meta ?? null))],
    promptWords: sources.prompts.map(wordsOf),
  };
  const literalWords = index.literals.map(wordsOf);

  return (skills: readonly SkillFolder[], parents: readonly SkillFolder[], draw: Draw): Leak[] => {
    const blocks = addedBlocks(skills, parents);
    if (blocks.length === 0) return [];
    const known = programTexts(parents).map(wordsOf);
    const ofBlocks = blocks.map(({ words }) => words);
    const gramsOf = (length: number) => createGrams(ofBlocks, length, known);
    const added = { blocks, known, parents, grams: gramsOf(run.short) };
    const check = literalIn(added, gramsOf(run.literal), { literals: index.literals, words: literalWords });
    const long = gramsOf(run.long);
    const prompt = index.promptWords.find((words) => long.foundIn(words).length > 0);
    return [
      ...copiesOfTrain(added, index, draw),
      ...idsIn(added, index),
      ...answersAndHeldOut(added, index),
      ...(check === undefined
        ? []
        : [leak("check-text", check, `Copies text of the check: ${quote(check.text, 120)}.`)]),
      ...(prompt === undefined
        ? []
        : [leak("prompt-text", blockWith(blocks, prompt), "Copies text of the prompts that an analyst is sent.")]),
    ];
  };
}

interface Index extends LeakSources {
  texts: ReadonlyArray<readonly string[]>;
  held: ReadonlyArray<readonly string[]>;
  pairsOfTrain: ReturnType<typeof createPairs>;
  pairsOfHeldOut: ReturnType<typeof createPairs>;
  overlapOf: ReturnType<typeof createOverlap>;
  answersIn: ReturnType<typeof createAnswers>;
  promptWords: ReadonlyArray<readonly string[]>;
}

/** What a program has that its parents do not have, and what they have. */
interface Added {
  blocks: readonly AddedBlock[];
  known: ReadonlyArray<readonly string[]>;
  parents: readonly SkillFolder[];
  grams: Grams;
}

const leak = (rule: Leak["rule"], block: AddedBlock, message: string): Leak => ({ rule, block, message });

function copiesOfTrain(added: Added, { train, texts, overlapOf, pairsOfTrain }: Index, draw: Draw): Leak[] {
  const nameOf = (index: number) => quote(train[index]?.id ?? "");
  const { blocks, grams } = added;
  const copied = new Set([...copiedTasks(texts, grams, { known: [] }), ...pairsOfTrain(added)]);
  const copies = [...copied].map((index) => {
    const block = blockWith(blocks, texts[index] as string[]);
    return leak("copied-task", block, `Copies train task ${nameOf(index)}: ${quote(block.text, 120)}.`);
  });
  const overlaps = blocks.flatMap((block) =>
    block.text.split("\n").flatMap((text, at) => {
      const words = wordsOf(text);
      const index = overlapOf(words, (shuffle) => draw(block.line + at + shuffle * 1_000));
      if (index === undefined || copied.has(index)) return [];
      const message = `Has nearly all rare words of train task ${nameOf(index)}, and of no other: ${quote(text, 120)}.`;
      return [leak("task-overlap", { ...block, line: block.line + at, text, words }, message)];
    }),
  );
  return [...copies, ...overlaps];
}

function idsIn({ blocks, parents }: Added, { train }: Index): Leak[] {
  return train.flatMap(({ id }) => {
    const block = isDistinct(id) ? blocks.find(({ text }) => hasToken(text, id)) : undefined;
    const isKnown = () => programTexts(parents).some((text) => hasToken(text, id));
    return block === undefined || isKnown() ? [] : [leak("task-id", block, `Names the train task ${quote(id)}.`)];
  });
}

function answersAndHeldOut(added: Added, { held, texts, answersIn, pairsOfHeldOut }: Index): Leak[] {
  const { blocks, known, grams } = added;
  const answers = answersIn(blocks, known).map(({ block, answer, isHeldOut }) =>
    isHeldOut
      ? leak("held-out-text", block, "Has an answer that only one held-out task has.")
      : leak("single-answer", block, `Has the answer ${quote(answer, 80)}, which only one train task has.`),
  );
  const copied = [...copiedTasks(held, grams, { known: texts }), ...pairsOfHeldOut(added)];
  const [first] = copied;
  if (first === undefined) return answers;
  return [...answers, leak("held-out-text", blockWith(blocks, held[first] as string[]), "Copies a held-out task.")];
}

/**
 * Tasks that the grams copy: 13 words in a row, four fifths of one of at least six words, or one as it is. Words that two tasks share are a
 * template: a copy has runs that its task alone has, and so not in `known` texts, unless it is the whole of it.
 */
function copiedTasks(
  tasks: ReadonlyArray<readonly string[]>,
  grams: Grams,
  { known }: { known: ReadonlyArray<readonly string[]> },
): number[] {
  if (grams.size === 0) return [];
  const counts = new Map<string, number>();
  const shared = new Set<string>();
  const found = tasks.map((words) => grams.foundIn(words));
  for (const own of found)
    for (const gram of new Set(own.map((each) => each.gram))) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  for (const words of known) for (const { gram } of grams.foundIn(words)) shared.add(gram);
  const isOwn = (gram: string) => counts.get(gram) === 1 && !shared.has(gram);
  return tasks.flatMap((words, index) => {
    const { covered, longest, own } = coveredBy(found[index] as FoundGram[], grams.length, isOwn);
    const isLong = longest >= run.long && own >= run.own;
    const isMost = words.length >= run.task && covered >= run.share * words.length && own > 0;
    const isWhole = words.length >= run.task && longest === words.length;
    return isLong || isMost || isWhole ? [index] : [];
  });
}

/** The block that repeats a text of the check: eight words of it in a row, or a pattern with its signs. */
function literalIn(
  { blocks, parents }: Added,
  grams: Grams,
  { literals, words }: { literals: readonly string[]; words: ReadonlyArray<readonly string[]> },
): AddedBlock | undefined {
  const long = words.find((each) => grams.foundIn(each).length > 0);
  if (long !== undefined) return blockWith(blocks, long);
  const patterns = literals.filter((text) => text.length >= shortestPattern && /[\\^$*+?()[\]{}|]/.test(text));
  const isNew = (text: string) => !programTexts(parents).some((each) => each.includes(text));
  const pattern = patterns.find((text) => blocks.some((block) => block.text.includes(text)) && isNew(text));
  return pattern === undefined ? undefined : blocks.find((block) => block.text.includes(pattern));
}

/** The block that shares most runs of words with a text. */
function blockWith(blocks: readonly AddedBlock[], words: readonly string[]): AddedBlock {
  const share = ({ words: own }: AddedBlock) =>
    coveredBy(createGrams([own], run.short).foundIn(words), run.short).covered;
  return blocks.reduce((best, block) => (share(block) > share(best) ? block : best));
}

function taskText(input: string, files: Task["files"]): string {
  return [input, ...Object.values(files ?? {})].join("\n").slice(0, sizes.compared);
}

/** Letters and digits, or long: no plain number and no plain word. */
function isDistinct(id: string): boolean {
  return id.length >= shortestId && /\d/.test(id) && /[^\d]/.test(id);
}

/** Whether a token is in a text, not as a part of a longer one. */
function hasToken(text: string, token: string): boolean {
  for (let at = text.indexOf(token); at !== -1; at = text.indexOf(token, at + 1)) {
    if (!/[\w-]/.test(text.charAt(at - 1)) && !/[\w-]/.test(text.charAt(at + token.length))) return true;
  }
  return false;
}

/** All texts inside a value, in order. It keeps a list, as JSON may be deeper than the stack. */
function stringsIn(value: Json | Record<string, Json>): string[] {
  const found: string[] = [];
  const open: Json[] = [value];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each === "string") found.push(each);
    else if (typeof each === "object" && each !== null) open.push(...Object.values(each));
  }
  return found;
}
