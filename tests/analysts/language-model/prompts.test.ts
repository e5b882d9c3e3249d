import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadPrompts, parsePrompt, promptNames } from "../../../analysts/language-model/prompt.ts";

const folder = fileURLToPath(new URL("../../../analysts/language-model/prompts", import.meta.url));

describe("the prompts", () => {
  test("are the files of the folder", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
    expect(files.toSorted()).toEqual(promptNames.map((name) => `${name}.md`).toSorted());
  });

  test.each(promptNames)("%s is rendered with every variable in its place, and nothing left open", (name) => {
    const prompt = loadPrompts()[name];
    const values = Object.fromEntries(prompt.variables.map((each) => [each, `[value of ${each}]`]));
    const text = prompt.render(values);
    for (const value of Object.values(values)) expect(text).toContain(value);
    expect(text).not.toMatch(/\{\{|\}\}|^---/);
    expect(text.startsWith("# ")).toBe(name !== "system");
    expect(text).toBe(text.trim());
  });

  test("put a value in as it is, braces and dollar signs included", () => {
    const prompt = parsePrompt("own", "---\nvariables: [a, b]\n---\n{{a}} and {{b}}");
    expect(prompt.render({ a: "{{b}} $& $1", b: "x" })).toBe("{{b}} $& $1 and x");
  });

  test("are refused where the header and the text name different variables", () => {
    expect(() => parsePrompt("own", "---\nvariables: [a]\n---\n{{a}} {{b}}")).toThrow(/uses \{\{b\}\}/);
    expect(() => parsePrompt("own", "---\nvariables: [a, c]\n---\n{{a}}")).toThrow(/lists \{\{c\}\}/);
    expect(() => parsePrompt("own", "no header, {{a}}")).toThrow("has no list of variables");
    expect(() => parsePrompt("own", "---\nvariables: [a\n---\n{{a}}")).toThrow("cannot be read");
  });

  test("are refused values that are missing or unknown", () => {
    const prompt = parsePrompt("own", "---\nvariables: [a]\n---\n{{a}}");
    expect(() => prompt.render({})).toThrow(/needs \{\{a\}\}/);
    expect(() => prompt.render({ a: "", z: "" })).toThrow(/given \{\{z\}\}/);
  });

  test("are replaced by texts with the same variables only, which change the hash", () => {
    const head = "---\nvariables: [skills, deficiencies, drafts, rejected, guidance]\n---\n# Own\n";
    const text = `${head}{{skills}}{{deficiencies}}{{drafts}}{{rejected}}{{guidance}}`;
    const [own, other] = [loadPrompts(), loadPrompts({ rank: text })];
    expect(other.rank.hash).not.toBe(own.rank.hash);
    expect(other.merge.hash).toBe(own.merge.hash);
    expect(() => loadPrompts({ rank: "---\nvariables: [skills]\n---\n{{skills}}" })).toThrow(
      "it needs exactly deficiencies, drafts, guidance, rejected, skills",
    );
    expect(() => loadPrompts({ ranking: text } as never)).toThrow('no prompt "ranking"');
  });
});
