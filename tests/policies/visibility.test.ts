import { describe, expect, test } from "vitest";
import { refuseFewTasks, refuseUnknownSkills, visibilityOf, type Visibility } from "../../policies/visibility.ts";
import { createSkillFolder, type SkillFolder } from "../../skills/folder.ts";
import { createDraw } from "../../state/draw.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { settingsOf } from "./records.ts";

const skill = (name: string, description: string, body = ""): SkillFolder => {
  const text = `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}\n`;
  return createSkillFolder(name, { "SKILL.md": new TextEncoder().encode(text) });
};

const library = [
  skill("brew-coffee", "Brews coffee."),
  skill("brew-tea", "Brews green and black tea.", "Heat the water."),
  skill("mend-pipes", "Mends pipes.", "Turn off the water first."),
];
const questions = ["how long does green tea take", "water drips", "what is seven times six"];
const draw = createDraw(1, 0, "visibility/train");

const chosen = (settings: SettingsInput) => visibilityOf(settingsOf(settings)) as Visibility;
const shown = (visibility: Visibility, asked = questions) => {
  const { skills, decide } = visibility.of(library);
  return asked.map((_, index) => decide?.({ index, questions: asked }, draw) ?? skills.map(({ name }) => name));
};

describe("visibility", () => {
  test("is no policy where all is visible", () => {
    expect(visibilityOf(settingsOf())).toBeUndefined();
  });

  test("retrieves what fits by name, description and body, the best first and no more than `visible`; nothing where no word fits", () => {
    expect(shown(chosen({ visibility: "retrieved" }))).toEqual([["brew-tea"], ["mend-pipes", "brew-tea"], []]);
    expect(shown(chosen({ visibility: "retrieved", visible: 1 }))).toEqual([["brew-tea"], ["mend-pipes"], []]);
  });

  test("hides some skills of a program, and none of one that does not have them", () => {
    const visibility = chosen({ visibility: "all-but", hidden: ["brew-tea"] });
    expect(shown(visibility)[0]).toEqual(["brew-coffee", "mend-pipes"]);
    expect(visibility.of(library.slice(2)).skills).toEqual(library.slice(2));
  });

  test("shows as a control what is retrieved for another question, by draw", () => {
    const visibility = chosen({ visibility: "shuffled" });
    const retrieved = shown(chosen({ visibility: "retrieved" }));
    for (const [index, names] of shown(visibility).entries()) {
      const others = retrieved.filter((_, other) => other !== index);
      expect(others).toContainEqual(names);
    }
    expect(shown(visibility, questions.slice(0, 2))).toEqual([retrieved[1], retrieved[0]]);
    expect(() => refuseFewTasks(visibility, "test", 1)).toThrow(/test suite has 1 task, but visibility.shuffled 5/);
    expect(() => refuseFewTasks(visibility, "test", 0)).not.toThrow();
  });

  test.each(["all", "all-but"] as const)(
    "refuses a number of skills with %s, which shows no number of them",
    (visibility) => {
      const hidden = visibility === "all" ? [] : ["brew-tea"];
      expect(() => chosen({ visibility, hidden, visible: 5 })).toThrow(
        /"visible" has no effect .* "retrieved" or "shuffled"/,
      );
    },
  );

  test("refuses names without effect, no names, and names that no skill has", () => {
    expect(() => chosen({ hidden: ["brew-tea"] })).toThrow(/"hidden" has no effect with "visibility": "all"/);
    expect(() => chosen({ visibility: "all-but" })).toThrow(/must name the skills that are not shown/);
    expect(() => refuseUnknownSkills({ setting: "hidden", skills: ["brew-tee"] }, library)).toThrow(
      /"hidden" names "brew-tee".*brew-tea/,
    );
  });
});
