import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createSkillFolder } from "../../../skills/folder.ts";
import { createRetriever } from "../../../skills/library/retrieval.ts";

const skill = (name: string, body: string) =>
  createSkillFolder(name, {
    "SKILL.md": new TextEncoder().encode(`---\nname: ${name}\ndescription: D.\n---\n${body}\n`),
  });

test("finds the best skills first and equal ones in order of name, whatever the order of the skills", () => {
  const letters = fc.array(fc.constantFrom(..."pqrs"), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 9 }),
      letters,
      fc.integer({ min: 1, max: 9 }),
      (bodies, text, most) => {
        const skills = bodies.map((words, index) => skill(`skill-${index}`, words.join(" ")));
        const all = createRetriever(skills).find(text.join(" "), skills.length);
        expect(all).toEqual(all.toSorted((one, other) => other.score - one.score || (one.name < other.name ? -1 : 1)));
        const found = createRetriever(skills.toReversed()).find(text.join(" "), most);
        expect(found).toEqual(all.slice(0, most));
      },
    ),
    { numRuns: 60 },
  );
});

test("finds words of scripts that are written without spaces", () => {
  const skills = [skill("refund", "処理返金の手順。領収書を確認する。"), skill("travel", "旅行の予約をする。")];
  const names = (text: string) =>
    createRetriever(skills)
      .find(text, 1)
      .map(({ name }) => name);
  expect(names("返金してください")).toEqual(["refund"]);
  expect(names("旅行に行きたい")).toEqual(["travel"]);
});

test("reads a skill that is one text, and one whose description is no text", () => {
  const text = createSkillFolder("notes", { "AGENTS.md": new TextEncoder().encode("Water the plants.") });
  const odd = createSkillFolder("odd", {
    "SKILL.md": new TextEncoder().encode("---\nname: odd\ndescription: 7\n---\nPlants.\n"),
  });
  expect(
    createRetriever([text, odd])
      .find("PLANTS?", 5)
      .map(({ name }) => name),
  ).toEqual(["odd", "notes"]);
});
