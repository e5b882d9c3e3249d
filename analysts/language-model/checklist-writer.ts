import { z } from "zod";
import { mainFile, textOf, type SkillFolder } from "../../skills/folder.ts";
import { sectionsOf } from "../../skills/sections.ts";
import { quote as shown, shorten } from "../../skills/shorten.ts";
import { SettingsError } from "../../state/errors.ts";
import { SkillName } from "../../state/program.ts";
import { tell } from "../../models/calls.ts";
import { allOf, createAsker, type ModelNeeds } from "./ask.ts";
import { clip } from "./ladder.ts";

/** Questions by which an answer shows whether a section of a skill was followed; yes is right. */
export const Checklist = z.array(
  z.strictObject({
    skill: SkillName,
    /** The section's heading. */
    section: z.string(),
    questions: z.array(z.string().min(1)).min(1),
  }),
);
export type Checklist = z.infer<typeof Checklist>;

/** The questions one by one, each after the section it is about, so that a judge's feedback names the section. */
export function checklistItems(checklist: Checklist): string[] {
  return checklist.flatMap(({ skill, section, questions }) =>
    questions.map((question) => `${skill}, ${section}: ${question}`),
  );
}

const questionCharacters = 500;

/** Writes a checklist for a program; a judge puts its questions, and the share of yes is the score. */
export interface ChecklistWriter {
  readonly fingerprint: string;
  write(skills: readonly SkillFolder[]): Promise<Checklist>;
}

export interface ChecklistOptions extends ModelNeeds {
  /** Most questions of a section. Default 4. */
  questions?: number | undefined;
}

/** One call a skill, on its main file (binary checklists as in SCRIBE, arXiv 2601.03555). */
export function createModelChecklistWriter(options: ChecklistOptions): ChecklistWriter {
  const { questions: limit = 4 } = options;
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw new SettingsError("questions", `questions is ${limit}; it must be a whole number from 1.`);
  }
  const asker = createAsker(options);
  const schema = z.strictObject({
    sections: z.array(z.strictObject({ section: z.string(), questions: z.array(z.string()) })),
  });

  async function writeFor(skill: SkillFolder): Promise<Checklist> {
    const text = textOf(skill) ?? "";
    const reply = await asker.ask({
      prompt: "write-checklist",
      name: "checklist",
      schema,
      fill: (limits, quote) => {
        const half = Math.floor(limits.skill / 2);
        const label = `skill ${skill.name}, file ${shown(mainFile(skill))}`;
        return { skill: quote(label, clip(text, { head: half, tail: half })), limit: String(limit) };
      },
    });
    if ("missing" in reply) {
      tell(`the checklist of skill "${skill.name}" is missing: ${reply.missing}`);
      return [];
    }
    const titles = new Set(sectionsOf(text).map(({ title }) => title));
    return reply.value.sections.flatMap(({ section, questions }) => {
      const title = section.replace(/^#{1,6}[ \t]+/, "").trim();
      const asked = questions.map((each) => shorten(each.trim(), questionCharacters)).filter((each) => each !== "");
      if (titles.has(title) && asked.length > 0) {
        return [{ skill: skill.name, section: title, questions: asked.slice(0, limit) }];
      }
      tell(`questions about a section ${shown(section)} that skill "${skill.name}" does not have are dropped`);
      return [];
    });
  }

  return {
    fingerprint: `${asker.fingerprint}/${limit}`,
    write: async (skills) => (await allOf(skills.map(writeFor))).flat(),
  };
}
