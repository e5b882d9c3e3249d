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

  test("of long unbroken texts are counted in no time", async () => {
    const started = performance.now();
    const counts = await Promise.all(["a", "日本", " ", "=", "x9"].map((piece) => countTokens(piece.repeat(50_000))));
    expect(Math.min(...counts)).toBeGreaterThan(100);
    expect(performance.now() - started).toBeLessThan(10_000);
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
