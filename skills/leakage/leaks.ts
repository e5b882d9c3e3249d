import type { Draw } from "../../state/draw.ts";
import type { Json } from "../../state/json.ts";
import type { Task } from "../../state/task.ts";
import type { SkillFolder } from "../folder.ts";
import { quote } from "../shorten.ts";
import { sizes } from "../../state/sizes.ts";
import { addedBlocks, programWords } from "./added.ts";
import { createAnswers } from "./answers.ts";
import { createOverlap } from "./overlap.ts";
import { coveredBy, gramsOf, wordsOf, type AddedBlock } from "./words.ts";

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

/** Words in a row that are a copy [S: n-grams of 5 and 13], and the share of a short task that is [R]. */
const run = { short: 5, long: 13, share: 0.8, literal: 8 };
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
  const heldOut = sources.heldOut.map(({ input, files }) => wordsOf(taskText(input, files)));
  const overlapOf = createOverlap(texts);
  const answers = createAnswers(sources, { texts });
  const literals = [...sources.literals, ...sources.train.flatMap(({ meta }) => stringsIn(meta ?? null))];
  const literalWords = literals.map(wordsOf);
  const promptWords = sources.prompts.map(wordsOf);

  return (skills: readonly SkillFolder[], parents: readonly SkillFolder[], draw: Draw): Leak[] => {
    const blocks = addedBlocks(skills, parents);
    if (blocks.length === 0) return [];
    const known = programWords(parents);
    const added = blocks.map(({ words }) => words);
    const grams = without(gramsOf(added, run.short), gramsOf(known, run.short));
    const copied = copiedTasks(texts, grams, { known: [] });
    const leaks: Leak[] = [];
    const report = (rule: Leak["rule"], block: AddedBlock, message: string) =>
      void leaks.push({ rule, block, message });

    for (const index of copied) {
      const block = blockWith(blocks, texts[index] as string[]);
      report(
        "copied-task",
        block,
        `Copies the text of train task ${quote(sources.train[index]?.id ?? "")}: ${quote(block.text, 120)}.`,
      );
    }
    for (const block of blocks) {
      const line = block.text.split("\n").map((text, at) => ({ text, at, words: wordsOf(text) }));
      for (const { text, at, words } of line) {
        const index = overlapOf(words, (draws) => draw(block.line + at + draws * 1_000));
        if (index === undefined || copied.includes(index)) continue;
        const place = { ...block, line: block.line + at, text, words };
        report(
          "task-overlap",
          place,
          `Has nearly all rare words of train task ${quote(sources.train[index]?.id ?? "")}, and of no other: ${quote(text, 120)}.`,
        );
      }
    }
    for (const { id } of sources.train) {
      const block = isDistinct(id) ? blocks.find(({ text }) => hasToken(text, id)) : undefined;
      if (block !== undefined && !hasTextToken(parents, id))
        report("task-id", block, `Names the train task ${quote(id)}.`);
    }
    for (const { block, answer, isHeldOut } of answers(blocks, known)) {
      if (isHeldOut) report("held-out-text", block, "Has an answer that only one held-out task has.");
      else report("single-answer", block, `Has the answer ${quote(answer, 80)}, which only one train task has.`);
    }
    if (copiedTasks(heldOut, grams, { known: texts }).length > 0)
      report("held-out-text", blocks[0] as AddedBlock, "Copies the text of a held-out task.");
    const check = literalIn(blocks, { literals, words: literalWords, known, parents });
    if (check !== undefined) report("check-text", check, `Copies text of the check: ${quote(check.text, 120)}.`);
    const long = without(gramsOf(added, run.long), gramsOf(known, run.long));
    const prompt = promptWords.find((words) => coveredBy(long, words, { length: run.long }).longest > 0);
    if (prompt !== undefined)
      report("prompt-text", blockWith(blocks, prompt), "Copies text of the prompts that an analyst is sent.");
    return leaks;
  };
}

/** Tasks of which the grams have 13 words in a row or four fifths, not counting what two of them share, or what is in `known` texts. */
function copiedTasks(
  tasks: ReadonlyArray<readonly string[]>,
  grams: ReadonlySet<string>,
  { known }: { known: ReadonlyArray<readonly string[]> },
): number[] {
  if (grams.size === 0) return [];
  const counts = new Map<string, number>();
  for (const words of [...tasks, ...known, ...known]) {
    for (const gram of gramsOf([words], run.short)) if (grams.has(gram)) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  const isShared = (gram: string) => (counts.get(gram) ?? 0) > 1;
  return tasks.flatMap((words, index) => {
    const { covered, longest } = coveredBy(grams, words, { length: run.short, isShared });
    return longest >= run.long || (covered > 0 && covered >= run.share * words.length) ? [index] : [];
  });
}

interface Literals {
  literals: readonly string[];
  words: ReadonlyArray<readonly string[]>;
  known: ReadonlyArray<readonly string[]>;
  parents: readonly SkillFolder[];
}

/** The block that repeats a text of the check: eight words of it in a row, or a pattern with its signs. */
function literalIn(
  blocks: readonly AddedBlock[],
  { literals, words, known, parents }: Literals,
): AddedBlock | undefined {
  const grams = without(
    gramsOf(
      blocks.map((block) => block.words),
      run.literal,
    ),
    gramsOf(known, run.literal),
  );
  const long = words.find((each) => coveredBy(grams, each, { length: run.literal }).longest > 0);
  if (long !== undefined) return blockWith(blocks, long);
  const patterns = literals.filter((text) => text.length >= shortestPattern && /[\\^$*+?()[\]{}|]/.test(text));
  const pattern = patterns.find((text) => blocks.some((block) => block.text.includes(text)) && !hasText(parents, text));
  return pattern === undefined ? undefined : blocks.find((block) => block.text.includes(pattern));
}

function without(grams: Set<string>, known: ReadonlySet<string>): Set<string> {
  for (const gram of known) grams.delete(gram);
  return grams;
}

/** The block that shares most runs of words with a text. */
function blockWith(blocks: readonly AddedBlock[], words: readonly string[]): AddedBlock {
  const share = ({ words: own }: AddedBlock) =>
    coveredBy(gramsOf([own], run.short), words, { length: run.short }).covered;
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

function hasTextToken(skills: readonly SkillFolder[], token: string): boolean {
  return skills.some(({ files }) =>
    Object.values(files).some((bytes) => hasToken(Buffer.from(bytes).toString("utf8"), token)),
  );
}

function hasText(skills: readonly SkillFolder[], text: string): boolean {
  return skills.some(({ files }) =>
    Object.values(files).some((bytes) => Buffer.from(bytes).toString("utf8").includes(text)),
  );
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
