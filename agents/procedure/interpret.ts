import { textOf, type SkillFolder } from "../../skills/folder.ts";
import { compileCondition, type Test } from "./compile.ts";
import type { Message } from "./message.ts";
import { readRules, type Rule } from "./rules.ts";
import { answerOf } from "./sentence.ts";

/** A rule of one of the skills, ready to run. */
export interface Instruction extends Rule {
  readonly skill: string;
  readonly answer: string;
  readonly holds: Test;
}

/** Every rule of a set of skills as one list: skills in name order, rules in file order, then the first Otherwise. */
export interface Procedure {
  readonly rules: readonly Instruction[];
  readonly otherwise: Instruction | undefined;
}

/** What a procedure answers where no rule holds and there is no Otherwise. */
export const noAnswer = "unknown";

export function compileSkills(skills: readonly SkillFolder[]): Procedure {
  const inOrder = skills.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const instructions = inOrder.flatMap((skill) =>
    readRules(textOf(skill) ?? "").rules.map((rule) => instructionOf(skill.name, rule)),
  );
  return {
    rules: instructions.filter((rule) => rule.sentence.kind === "when"),
    otherwise: instructions.find((rule) => rule.sentence.kind === "otherwise"),
  };
}

function instructionOf(skill: string, rule: Rule): Instruction {
  const { sentence } = rule;
  const holds = sentence.kind === "when" ? compileCondition(sentence.condition) : () => true;
  return { ...rule, skill, answer: answerOf(sentence), holds };
}

/** The first rule that holds, or the Otherwise, or nothing. */
export function firstMatch(procedure: Procedure, message: Message): Instruction | undefined {
  for (const rule of procedure.rules) if (rule.holds(message)) return rule;
  return procedure.otherwise;
}

/** Compiles each set of skills once and keeps the last `capacity` of them. */
export function createCompiler(capacity = 200): (skills: readonly SkillFolder[]) => Procedure {
  const kept = new Map<string, Procedure>();
  return (skills) => {
    const key = skills.map((skill) => `${skill.name}:${skill.hash}`).join("/");
    const known = kept.get(key);
    if (known !== undefined) return known;
    const procedure = compileSkills(skills);
    if (kept.size >= capacity) kept.delete(kept.keys().next().value as string);
    kept.set(key, procedure);
    return procedure;
  };
}
