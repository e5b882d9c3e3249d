import { unpublishable } from "../../skills/limits.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Creator, CreatorInput, Example } from "../creator.ts";
import { labelOf } from "../label.ts";
import { assembleSkill, type SkillParts } from "./sections.ts";
import { mineTools, type ToolUse } from "./tool-use.ts";

const limits = { examples: 200, rules: 12, scenarios: 8, faq: 5, documents: 20, words: 5 };
/** A rule needs so many cases. */
const fewestCases = 2;
/** An answer of fewer cases is an issue of the FAQ ([P]), where there are more answers than scenarios. */
const fewCases = 20;

/** A past case whose answer is one text. */
interface Case {
  words: ReadonlySet<string>;
  label: string;
}

interface Rule {
  word: string;
  label: string;
}

/**
 * Drafts a first skill by counting, without a model: scenarios are expected answers, rules the words that speak for one of them and for no other
 * (ours [R]; the sections are those of SkillForge, arXiv 2604.08618 [P]). Rules are in the procedure language. It says what the cases show and
 * nothing else. Throws a SettingsError where there is no case with one text, number or truth value expected, no document and no tool.
 */
export function createCountingCreator(): Creator {
  return {
    fingerprint: "counting-creator@1",
    async create(input) {
      const skill = assembleSkill(partsOf(input));
      const [problem] = unpublishable(skill);
      if (problem === undefined) return skill;
      throw new SettingsError("creator", `The skill cannot be created. ${problem.message}`);
    },
  };
}

function partsOf({ name, examples, documents = {}, tools: given = [] }: CreatorInput): SkillParts {
  const shown = examples.slice(0, limits.examples);
  const cases = shown.flatMap(caseOf);
  const tools = mineTools(given, shown);
  const kept = Object.fromEntries(Object.entries(documents).slice(0, limits.documents));
  if (cases.length === 0 && tools.length === 0 && Object.keys(kept).length === 0)
    throw new SettingsError(
      "creator",
      "There is nothing to count: no past case has an expected answer that is one text, number or truth value, and there are no documents or tools. Give them, or a skill to start from.",
    );
  const counts = countsOf(cases.map(({ label }) => label));
  const rules = rulesFrom(cases);
  const scenarios = counts.slice(0, limits.scenarios);
  const rare = counts.slice(limits.scenarios).filter(({ count }) => count < fewCases);
  return {
    name,
    description: `Answers messages of ${name.replaceAll("-", " ")}: tells by their words which of ${counts.length} answers they need.`,
    background: `In ${cases.length} past cases there are ${counts.length} different answers.`,
    triage: rules.length === 0 ? "No word speaks for one answer alone." : "Take the first rule of Rules that holds.",
    scenarios: scenarios.map(({ value, count }) => ({
      title: value,
      text: scenarioText({ label: value, count, of: cases.length }, { cases, tools }),
    })),
    faq: rare.slice(0, limits.faq).map(({ value, count }) => ({
      question: `When is the answer ${value}?`,
      answer: wordsText(value, cases) ?? `In ${count} of ${cases.length} cases, by no word of its own.`,
    })),
    more: rules.length === 0 ? "" : `## Rules\n\n${rules.map(ruleText).join("\n")}`,
    documents: kept,
    tools,
  };
}

function caseOf({ question, expected }: Example): Case[] {
  const label = labelOf(expected);
  if (label === null || label.trim() === "") return [];
  return [{ words: new Set(question.input.toLowerCase().match(/[\p{L}\p{N}]+/gu)), label }];
}

function countsOf(values: readonly string[]): Array<{ value: string; count: number }> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).toSorted((a, b) => b.count - a.count);
}

const ruleText = ({ word, label }: Rule) => `- When the message mentions "${word}", answer \`${label}\`.`;

/**
 * Words each of which occurs in cases of one answer alone, and in the most cases that no word before covers. Answers that a rule cannot say are
 * left out.
 */
function rulesFrom(all: readonly Case[]): Rule[] {
  const cases = all.filter(({ label }) => !/[`\n\r]/.test(label));
  const rules: Rule[] = [];
  let open = cases;
  while (rules.length < limits.rules) {
    const [best] = tellingWords(open, all);
    if (best === undefined || best.count < fewestCases) break;
    rules.push(best);
    open = open.filter(({ words, label }) => !(label === best.label && words.has(best.word)));
  }
  return rules;
}

/** Words of some cases that speak for one answer in all of them, with the number of the cases that have them; most first, then by alphabet. */
function tellingWords(cases: readonly Case[], all: readonly Case[]): Array<Rule & { count: number }> {
  const labels = new Map<string, string | null>();
  for (const { words, label } of all)
    for (const word of words) labels.set(word, labels.has(word) && labels.get(word) !== label ? null : label);
  return countsOf(cases.flatMap(({ words }) => [...words]))
    .flatMap(({ value: word, count }) => {
      const label = labels.get(word) ?? null;
      return label === null ? [] : [{ word, label, count }];
    })
    .toSorted((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
}

function scenarioText(
  { label, count, of }: { label: string; count: number; of: number },
  { cases, tools }: { cases: readonly Case[]; tools: readonly ToolUse[] },
): string {
  const used = tools.filter(({ scenarios }) => Object.hasOwn(scenarios, label)).map(({ name }) => name);
  return [
    `${count} of ${of} past cases.`,
    ...[wordsText(label, cases) ?? []].flat(),
    ...(used.length === 0 ? [] : [`Tools used: ${used.join(", ")} (references/tools.json).`]),
  ].join(" ");
}

/** The words that speak for an answer alone; undefined where there is none. */
function wordsText(label: string, cases: readonly Case[]): string | undefined {
  const own = tellingWords(
    cases.filter((each) => each.label === label),
    cases,
  );
  const words = own.slice(0, limits.words).map(({ word }) => `"${word}"`);
  return words.length === 0 ? undefined : `Words of these cases alone: ${words.join(", ")}.`;
}
