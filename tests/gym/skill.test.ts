import { describe, expect, test } from "vitest";
import { cueOf } from "../../gym/cue.ts";
import { bulletOf, createGymSkill, readSkills, type Directive } from "../../gym/skill.ts";
import { createSkillFolder, SKILL_FILE, textOf, type SkillFolder } from "../../skills/folder.ts";
import { checkSkill } from "../../skills/limits.ts";

const directives: Directive[] = [
  { cue: cueOf("trigger", "amber"), step: "weigh", isImportant: false },
  { cue: cueOf("mark", "star"), step: "fold", isImportant: true },
  { cue: cueOf("case", "17"), step: "weigh", isImportant: false },
];

function withText(text: string): SkillFolder {
  return createSkillFolder("requests", { [SKILL_FILE]: new TextEncoder().encode(text) });
}

const wordsOf = (list: readonly Directive[]) => readSkills([createGymSkill(list)]).words;

describe("a skill of the gym", () => {
  test("is a valid SKILL.md that is read as it was written", () => {
    const skill = createGymSkill(directives);
    expect(checkSkill(skill)).toEqual([]);
    expect(readSkills([skill]).bullets).toEqual(
      directives.map((directive, index) => ({
        ...directive,
        id: ["amber-weigh", "star-fold", "17-weigh"][index],
        skill: "requests",
        place: `requests/${["amber-weigh", "star-fold", "17-weigh"][index]}`,
        line: bulletOf(directive),
        weight: 1,
      })),
    );
  });

  test("has 60 words, 12 to 14 more for a directive, two more for emphasis", () => {
    expect(wordsOf([])).toBe(60);
    expect(directives.map((directive) => wordsOf([{ ...directive, isImportant: false }]) - 60)).toEqual([12, 13, 14]);
    expect(directives.map((directive) => wordsOf([{ ...directive, isImportant: true }]) - 60)).toEqual([14, 15, 16]);
  });

  test("counts the words of other prose, and takes nothing else from it", () => {
    const text = textOf(createGymSkill(directives)) ?? "";
    const other = "\n- When the request is late, hurry.\n\n```\n- a fence <!-- a comment --> * #\n```\n";
    const [before, after] = [readSkills([withText(text)]), readSkills([withText(text + other)])];
    expect(after.bullets).toEqual(before.bullets);
    expect(after.words).toBe(before.words + 8);
  });

  test("gives every directive an id of its own", () => {
    const [line = ""] = directives.map(bulletOf);
    const text = [line, line.replace(/ <!--.*/, ""), line.replace("amber-weigh", "d7"), line].join("\n");
    expect(readSkills([withText(text)]).bullets.map(({ id }) => id)).toEqual([
      "amber-weigh",
      "amber-weigh~2",
      "d7",
      "amber-weigh~3",
    ]);
  });
});
