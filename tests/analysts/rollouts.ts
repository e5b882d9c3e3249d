import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import type { EditBudget } from "../../analysts/analyst.ts";
import { createSkillFolder, programHash, textOf, type SkillFolder } from "../../skills/folder.ts";
import { createDraw } from "../../state/draw.ts";
import type { Edit } from "../../state/program.ts";
import type { ScoredRollout } from "../../state/task.ts";

/** A message and the label it should get. */
export type Labelled = readonly [input: string, expected: string];

export function skillOf(text: string, name = "label"): SkillFolder {
  return createSkillFolder(name, { "SKILL.md": new TextEncoder().encode(text) });
}

export function rulesOf(...bullets: string[]): SkillFolder {
  return skillOf(`# Label\n\n## Rules\n\n${bullets.map((bullet) => `- ${bullet}\n`).join("")}`);
}

/** Rolls the skills out on labelled messages and scores by equality; task ids are t0, t1, ... */
export async function rollOut(
  skills: readonly SkillFolder[],
  tasks: readonly Labelled[],
  agent = createProcedureAgent(),
): Promise<ScoredRollout[]> {
  const { signal } = new AbortController();
  const visible = Object.fromEntries(skills.map(({ name, hash }) => [name, hash]));
  return Promise.all(
    tasks.map(async ([input, expected], index) => {
      const question = { id: `t${index}`, input };
      const answer = await agent.answer(question, skills, { sample: 0, signal });
      const value = answer.text === expected ? 1 : 0;
      return {
        rollout: {
          program: programHash(skills),
          visible,
          suite: "train",
          task: question.id,
          sample: 0,
          answer,
          status: "answered",
        },
        question,
        expected,
        score: { value, objectives: {}, feedback: "" },
      };
    }),
  );
}

export function budgetOf(edits = 4, rejected: readonly Edit[] = [], seed = 1, takesShorter = false): EditBudget {
  return { edits, scope: "files", rejected, takesShorter, draw: createDraw(seed, 1, "propose") };
}

export function bulletsOf(skill: SkillFolder | undefined): string[] {
  const text = (skill && textOf(skill)) ?? "";
  return text.split("\n").filter((line) => line.startsWith("- "));
}

/** As many of each message as asked for, told apart by a last word that no rule can use. */
export function times(count: number, input: string, expected: string): Labelled[] {
  return Array.from({ length: count }, (_, index) => [`${input} n${index}${expected}`, expected]);
}
