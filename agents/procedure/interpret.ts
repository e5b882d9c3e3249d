import { withoutComments } from "../../skills/comments.ts";
import { textOf, type SkillFolder } from "../../skills/folder.ts";
import { compileCondition, type Test } from "./compile.ts";
import { once } from "./once.ts";
import { isPlainRule, readSkill, type Rule } from "./rules.ts";
import type { SectionName } from "./section.ts";
import { answerOf, type Sentence, type Statement } from "./grammar/sentence.ts";

/** A rule of one of the skills, ready to run. `answer` is empty where it does not begin with one. */
export interface Instruction<Words extends Statement = Sentence> extends Rule<Words> {
  readonly skill: string;
  readonly answer: string;
  readonly holds: Test;
}

/** Every bullet of a set of skills as one list a section: skills in name order, bullets in file order. */
export interface Procedure {
  /** The rules of Rules that do nothing but answer with a label, without the Otherwise. */
  readonly rules: readonly Instruction[];
  /** The first Otherwise of Rules that does nothing but answer. */
  readonly otherwise: Instruction | undefined;
  readonly sections: Readonly<Record<SectionName, readonly Instruction<Statement>[]>>;
  /** Words in the skills' main files, comments left out: what the agent has to keep in mind. */
  readonly words: number;
  /** How many sentences are marked IMPORTANT. */
  readonly emphasised: number;
}

/** What a procedure answers where no rule holds and there is no Otherwise. */
export const noAnswer = "unknown";

export function compileSkills(skills: readonly SkillFolder[]): Procedure {
  const inOrder = skills.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const all = inOrder.flatMap((skill) =>
    readSkill(textOf(skill) ?? "").rules.map((rule) => instructionOf(skill.name, rule)),
  );
  const plain = all.filter((rule): rule is Instruction => isPlainRule(rule));
  const ofSection = (name: SectionName) => all.filter(({ bullet }) => bullet.section === name);
  return {
    rules: plain.filter(({ sentence }) => sentence.kind === "when"),
    otherwise: plain.find(({ sentence }) => sentence.kind === "otherwise"),
    sections: {
      Prepare: ofSection("Prepare"),
      Steps: ofSection("Steps"),
      Rules: ofSection("Rules"),
      Extract: ofSection("Extract"),
      Finish: ofSection("Finish"),
    },
    words: inOrder.reduce((words, skill) => words + wordsIn(textOf(skill) ?? ""), 0),
    emphasised: all.filter(({ sentence }) => sentence.important).length,
  };
}

function instructionOf(skill: string, rule: Rule<Statement>): Instruction<Statement> {
  const { sentence } = rule;
  const holds = sentence.kind === "when" ? compileCondition(sentence.condition) : () => true;
  return { ...rule, skill, answer: answerOf(sentence), holds };
}

function wordsIn(text: string): number {
  return withoutComments(text).match(/\S+/g)?.length ?? 0;
}

/** Compiles each set of skills once and keeps the last `capacity` of them. */
export function createCompiler(capacity = 200): (skills: readonly SkillFolder[]) => Procedure {
  const kept = new Map<string, Procedure>();
  return (skills) => {
    const key = skills.map((skill) => `${skill.name}:${skill.hash}`).join("/");
    return once(kept, key, () => compileSkills(skills), capacity);
  };
}
