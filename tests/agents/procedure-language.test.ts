import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Value } from "../../agents/procedure/grammar/act.ts";
import { compileCondition } from "../../agents/procedure/compile.ts";
import { execute } from "../../agents/procedure/execute.ts";
import { readFields } from "../../agents/procedure/fields.ts";
import { compileSkills } from "../../agents/procedure/interpret.ts";
import { readMessage } from "../../agents/procedure/message.ts";
import { parseSentence, parseStatement } from "../../agents/procedure/grammar/parser.ts";
import { perform } from "../../agents/procedure/perform.ts";
import { printSentence } from "../../agents/procedure/grammar/printer.ts";
import { readSkill } from "../../agents/procedure/rules.ts";
import type { Statement } from "../../agents/procedure/grammar/sentence.ts";
import { createSkillFolder } from "../../skills/folder.ts";

const page = readFileSync(new URL("../../docs/procedure-language.md", import.meta.url), "utf8");

function fences(kind: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    (match) => match[1] as string,
  );
}

function linesOf(fence: string): string[] {
  return fence.split("\n").filter((line) => line !== "");
}

function readValue(shown: string): Value {
  return shown.startsWith("[") ? shown.slice(1, -1).split(" | ") : shown.replaceAll("\\n", "\n");
}

/** The examples read alike as rules and, where they have no condition, as statements. */
function parseSentenceOf(text: string): Statement {
  return /^(IMPORTANT: )?(When|Otherwise)/.test(text) ? parseSentence(text) : parseStatement(text);
}

function show(value: Value | undefined): string {
  if (value === undefined) return "nothing";
  return typeof value === "object" ? `[${value.join(" | ")}]` : String(value);
}

function outcomeOf(text: string, shown: string): string {
  const sentence = parseSentenceOf(text);
  const given = readValue(shown);
  const input = typeof given === "string" ? given : "";
  if (sentence.kind === "when" && !compileCondition(sentence.condition)(readMessage(input))) return "-";
  const { fields, text: start } = readFields(input);
  const done = perform(sentence.acts, { value: typeof given === "string" ? start : given, names: fields });
  const [lean] = done.leanings;
  if (lean !== undefined) return `leans ${lean.label} ${lean.weight}`;
  if (done.next !== undefined) return done.next === "stop" ? "stop" : `step ${done.next}`;
  return done.answer ?? show(done.value);
}

const examples = fences("procedure")
  .flatMap(linesOf)
  .map((line) => /^(?<text>.*) # (?<given>.*) => (?<gives>.*)$/.exec(line)?.groups as Record<string, string>)
  .map(({ text, given, gives }) => [text, given, gives] as [string, string, string]);

describe("the page on the language", () => {
  test("has examples of everything", () => {
    expect(examples.length).toBeGreaterThan(60);
  });

  test.each(examples)("%s of %s gives %s", (text, given, gives) => {
    const sentence = parseSentenceOf(text);
    expect(printSentence(sentence)).toBe(text);
    expect(parseSentenceOf(printSentence(sentence))).toEqual(sentence);
    expect(outcomeOf(text, given)).toBe(gives);
  });

  const skills = fences("skill");
  const answers = fences("answers");

  test.each(skills.map((text, index) => [index, text, answers[index] as string] as const))(
    "its skill %i answers as it says",
    (_, text, asked) => {
      expect(readSkill(text).findings).toEqual([]);
      const procedure = compileSkills([createSkillFolder("s", { "SKILL.md": new TextEncoder().encode(text) })]);
      for (const line of linesOf(asked)) {
        const [input = "", answer] = line.split(" => ");
        expect([line, execute(procedure, input.replaceAll("\\n", "\n")).text]).toEqual([line, answer]);
      }
    },
  );
});
