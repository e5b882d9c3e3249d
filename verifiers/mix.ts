import { quote } from "../skills/shorten.ts";
import { SkillgraphError, StateError } from "../state/errors.ts";
import type { Json } from "../state/json.ts";
import type { Answer, Score, Task } from "../state/task.ts";
import { createExact } from "./exact.ts";
import type { Verifier } from "./verifier.ts";

/** The points that an answer has beside those for its skills. */
const others = 3;

/** What the points for k skills and the 3 others come to. */
export interface MixPoints {
  /** Points over k + 3, in 0..1. */
  value: number;
  /** 1 with all k + 3 points. */
  full: number;
  /** 1 with all k skills and at least 2 of the 3 others. */
  allSkills: number;
  /** The share of the skills with all of the others, else 0. */
  skillFraction: number;
}

/** The grades of Skill-Mix (arXiv 2310.17567 [S]) for so many of `of` skills, and of the 3 others. Throws a `StateError` for counts that cannot be. */
export function mixPoints({ skills, of, other }: { skills: number; of: number; other: number }): MixPoints {
  if (!(of >= 1 && skills >= 0 && skills <= of && other >= 0 && other <= others))
    throw new StateError(`There are no ${skills} of ${of} skills, or no ${other} of ${others} other points.`);
  return {
    value: (skills + other) / (of + others),
    full: skills === of && other === others ? 1 : 0,
    allSkills: skills === of && other >= others - 1 ? 1 : 0,
    skillFraction: other === others ? skills / of : 0,
  };
}

/**
 * Scores answers to several questions at once: `expected` is the list of right answers, and those of the agent are numbered lines. One point for each that `each` finds right, and three for the whole: an answer
 * to each question and no others, in their order, and nothing beside them; the score is points over k + 3, and the grades of `mixPoints` are objectives. In Skill-Mix (arXiv 2310.17567 [S]) a model grades,
 * and the three are topic, coherence and length; these three are ours [R]. A task whose `expected` is no list is scored by `each` alone.
 */
export function createMix({ each = createExact() }: { each?: Verifier } = {}): Verifier {
  return {
    fingerprint: `mix@1:${each.fingerprint}`,
    ...(each.expects === undefined ? {} : { expects: each.expects }),
    ...(each.literals === undefined ? {} : { literals: each.literals }),
    check(task) {
      for (const part of partsOf(task)) each.check?.(part);
    },
    async score(answer, task) {
      if (!Array.isArray(task.expected)) return each.score(answer, task);
      return scoreParts(answer, partsOf(task), each);
    },
  };
}

/** The task once for each question. */
function partsOf(task: Task): Task[] {
  if (!Array.isArray(task.expected)) return [task];
  if (task.expected.length > 0) return task.expected.map((expected: Json) => ({ ...task, expected }));
  throw new SkillgraphError(
    "tasks",
    `Task ${quote(task.id)} has an empty list as "expected". List one right answer for each of its questions: "expected": ["...", "..."].`,
  );
}

async function scoreParts(answer: Answer, parts: readonly Task[], each: Verifier): Promise<Score> {
  const { beside, given } = numbered(answer.text);
  const scores: Array<Score | null> = [];
  for (const [at, part] of parts.entries()) {
    const [own] = given.filter(({ number }) => number === at + 1);
    scores.push(own === undefined ? null : await each.score({ ...answer, text: own.text }, part));
  }
  const numbers = given.map(({ number }) => number);
  const wanted = parts.map((_, at) => at + 1);
  const isComplete = numbers.length === wanted.length && wanted.every((number) => numbers.includes(number));
  const isOrdered =
    numbers.length > 0 && numbers.every((number, at) => at === 0 || number > (numbers[at - 1] as number));
  const met = [isComplete, isOrdered, beside === ""].filter((isMet) => isMet).length;
  const right = scores.filter((score) => score?.value === 1).length;
  const { value, full, allSkills, skillFraction } = mixPoints({ skills: right, of: parts.length, other: met });
  const told = scores.map((score, at) => `${at + 1}: ${score === null ? "No answer." : score.feedback}`);
  const form = [
    ...(isComplete ? [] : ["Give one answer for each question, and no others."]),
    ...(isOrdered ? [] : ["Number the answers in their order."]),
    ...(beside === "" ? [] : [`Leave out what is beside the answers: ${quote(beside)}.`]),
  ];
  const objectives = { "mix-full": full, "mix-all-skills": allSkills, "mix-skill-fraction": skillFraction };
  return { value, objectives, feedback: [...told, ...form].join(" ") };
}

const numberedLine = /^(\d{1,3})[.):](.*)$/;

/** The answers with their numbers, each with the lines up to the next number, and the text before the first one. */
function numbered(text: string): { beside: string; given: Array<{ number: number; text: string }> } {
  const before: string[] = [];
  const given: Array<{ number: number; lines: string[] }> = [];
  for (const line of text.split(/\r?\n/)) {
    const [, number, rest = ""] = numberedLine.exec(line.trim()) ?? [];
    if (number !== undefined) given.push({ number: Number(number), lines: [rest] });
    else (given.at(-1)?.lines ?? before).push(line);
  }
  return {
    beside: before.join("\n").trim(),
    given: given.map(({ number, lines }) => ({ number, text: lines.join("\n").trim() })),
  };
}
