import { describe, expect, test } from "vitest";
import { createSkillFolder } from "../../skills/folder.ts";
import { countTokens, longestToken, programTokens } from "../../skills/tokens.ts";
import { sizes } from "../../state/sizes.ts";

describe("tokens", () => {
  test("are counted in the o200k encoding", async () => {
    expect(await countTokens("hello world")).toBe(2);
    expect(await countTokens("")).toBe(0);
  });

  test("of special marks and broken text count as plain text", async () => {
    expect(await countTokens("<|endoftext|>")).toBeGreaterThan(1);
    expect(await countTokens("\ud800 \0")).toBeGreaterThan(0);
  });

  test.each(["a", "日本", " ", "=", "x9", "/\n", "e\u0301", ") \n"])(
    "of %j 50,000 times are counted to the end",
    async (piece) => {
      const count = await countTokens(piece.repeat(50_000));
      expect(count).toBeGreaterThan(100);
      expect(count * longestToken).toBeGreaterThan(50_000 * piece.length);
    },
  );

  test("of a text beyond what is counted are an estimate by its length", async () => {
    const piece = "The lamp in the kitchen is broken again. ";
    const one = await countTokens(piece.repeat(sizes.counted / piece.length));
    const four = await countTokens(piece.repeat((4 * sizes.counted) / piece.length));
    expect(four / one).toBeCloseTo(4, 2);
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
