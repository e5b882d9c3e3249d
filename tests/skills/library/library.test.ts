import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSkillFolder } from "../../../skills/folder.ts";
import { listingsOf } from "../../../skills/library/listing.ts";
import { nameClashes } from "../../../skills/library/names.ts";
import { referencesIn } from "../../../skills/library/references.ts";
import { collisionsIn } from "../../../skills/library/routing.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const skill = (name: string, description: string, { body = "", files = {}, called = name } = {}) =>
  createSkillFolder(name, {
    "SKILL.md": bytes(`---\nname: ${called}\ndescription: ${description}\n---\n\n${body}\n`),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [path, bytes(String(text))])),
  });

describe("the lists of hosts", () => {
  test("have all that fits", () => {
    for (const { shortened } of listingsOf([skill("one", "Short."), skill("two", "Short too.")]))
      expect(shortened).toEqual([]);
  });

  test("cut a description of the length that one may have, and share what is left of the budget in turn", () => {
    const long = skill("long", "x".repeat(1_600));
    const [claude, codex] = listingsOf([long]);
    expect(claude).toMatchObject({ host: "Claude Code", characters: 1_537 });
    expect(claude?.shortened).toEqual([{ skill: "long", characters: 1_600, listed: 1_536 - "- long: ".length }]);
    expect(codex?.shortened[0]?.listed).toBe(1_024);

    // Entries of 9 characters, its line end included, and two descriptions of 5 among those of 1,000: 8,000 - 108 - 10 for ten of them.
    const many = Array.from({ length: 12 }, (_, at) => skill(`s-${at + 10}`, "x".repeat(at < 2 ? 5 : 1_000)));
    const [crowded] = listingsOf(many);
    const left = 8_000 - 12 * "- s-10: \n".length - 10;
    expect(crowded?.shortened.map(({ listed }) => listed)).toEqual(
      Array.from({ length: 10 }, (_, at) => Math.floor(left / 10) + (at < left % 10 ? 1 : 0)),
    );
  });

  test("never list more than there is, nor more than the budget", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_500 }), { maxLength: 30 }), (lengths) => {
        const skills = lengths.map((length, at) => skill(`skill-${at}`, "y".repeat(length)));
        for (const { shortened, budget, characters } of listingsOf(skills)) {
          expect(shortened.every(({ listed, characters: all }) => listed >= 0 && listed < all)).toBe(true);
          const lost = shortened.reduce((sum, { characters: all, listed }) => sum + all - listed, 0);
          expect(characters > budget ? lost : 0).toBeGreaterThanOrEqual(characters > budget ? characters - budget : 0);
        }
      }),
      { numRuns: 40 },
    );
  });
});

test("skills are mistaken for one another if the description of one fits the other nearly as well", () => {
  const refunds = skill("refunds", "Answers questions about refunds.", { body: "Ask for the receipt." });
  const returns = skill("returns", "Answers questions about refunds and returns.", {
    body: "Refunds, refunds and refunds.",
  });
  const pipes = skill("pipes", "Mends pipes.");
  const found = collisionsIn([refunds, returns, pipes]);
  expect(found.map(({ skill: of, other }) => [of, other])).toContainEqual(["refunds", "returns"]);
  expect(found.flatMap(({ skill: of, other }) => [of, other])).not.toContain("pipes");
  expect(collisionsIn([pipes, skill("silent", "''")])).toEqual([]);
});

test("names that are one on some system clash, those of folders and those in the frontmatter", () => {
  const skills = [
    skill("Mail", "A."),
    skill("mail", "B."),
    skill("caf\u00e9", "C."),
    skill("cafe\u0301", "D."),
    skill("post", "E.", { called: "letters" }),
    skill("letters", "F."),
    skill("alone", "G."),
  ];
  expect(nameClashes(skills).map((clash) => clash.skills)).toEqual([
    ["Mail", "mail"],
    ["caf\u00e9", "cafe\u0301"],
    ["post", "letters"],
  ]);
});

describe("references", () => {
  test("that lead nowhere are named with their line, those of other files from their own folder", () => {
    const { dead } = referencesIn([
      skill("mail", "A.", {
        body: "See [the rules](references/rules.md), [gone](references/gone.md) and `[code](no.md)`.",
        files: { "references/rules.md": "[back](../SKILL.md), [beside](tone.md), [far](../../post/SKILL.md)" },
      }),
      skill("post", "B."),
    ]);
    expect(dead).toEqual([
      { skill: "mail", file: "SKILL.md", line: 6, target: "references/gone.md", problem: "missing" },
      { skill: "mail", file: "references/rules.md", line: 1, target: "tone.md", problem: "missing" },
      { skill: "mail", file: "references/rules.md", line: 1, target: "../../post/SKILL.md", problem: "outside" },
    ]);
  });

  test("in a circle are found once, within a skill and between skills", () => {
    const { circles } = referencesIn([
      skill("a", "A.", { body: "First use `b`." }),
      skill("b", "B.", { body: "Then use `c`." }),
      skill("c", "C.", { body: "Go on with [a](../a/SKILL.md), never with `d`." }),
      skill("d", "D.", { files: { "one.md": "[two](two.md)", "two.md": "[one](one.md)" } }),
    ]);
    expect(circles).toEqual([
      ["a/SKILL.md", "b/SKILL.md", "c/SKILL.md"],
      ["d/one.md", "d/two.md"],
    ]);
  });

  test("in circles are what can be reached from itself, as found by brute force", () => {
    const graph = fc.array(fc.subarray([0, 1, 2, 3, 4, 5]), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(graph, (edges) => {
        const skills = edges.map((others, at) =>
          skill(`s${at}`, "S.", {
            body: others
              .filter((other) => other !== at)
              .map((other) => `\`s${other}\``)
              .join(" "),
          }),
        );
        const reach = (from: number, seen = new Set<number>()): Set<number> => {
          for (const other of edges[from]!.filter((each) => each !== from && !seen.has(each)))
            reach(other, seen.add(other));
          return seen;
        };
        const inCircle = [0, 1, 2, 3, 4, 5].filter((at) => reach(at).has(at));
        const found = referencesIn(skills).circles;
        expect(found.flat().toSorted()).toEqual(inCircle.map((at) => `s${at}/SKILL.md`));
        for (const circle of found)
          for (const one of circle)
            for (const other of circle) expect(reach(Number(one[1])).has(Number(other[1]))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
