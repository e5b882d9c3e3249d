import { describe, expect, test } from "vitest";
import { createSkillFolder } from "../../skills/folder.ts";
import { countTokens, programTokens } from "../../skills/tokens.ts";

describe("tokens", () => {
  test("are counted in the o200k encoding", async () => {
    expect(await countTokens("hello world")).toBe(2);
    expect(await countTokens("")).toBe(0);
  });

  test("of special marks and broken text count as plain text", async () => {
    expect(await countTokens("<|endoftext|>")).toBeGreaterThan(1);
    expect(await countTokens("\ud800 \0")).toBeGreaterThan(0);
  });

  test("of a program are those of all its texts", async () => {
    const text = new TextEncoder().encode("hello world");
    const skills = [
      createSkillFolder("a", { "SKILL.md": text, "pic.png": Uint8Array.of(0xff) }),
      createSkillFolder("b", { "SKILL.md": text }),
    ];
    expect(await programTokens(skills)).toBe(4);
  });
});
