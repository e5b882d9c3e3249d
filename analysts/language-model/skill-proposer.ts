import { z } from "zod";
import { SKILL_FILE, type SkillFolder } from "../../skills/folder.ts";
import { descriptionFrom, skillText } from "../../skills/minimal.ts";
import { isSpecifiedName } from "../../skills/name.ts";
import { shorten } from "../../skills/shorten.ts";
import { Edit, Operation, TextEdit, type Draft } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { tell } from "../../models/calls.ts";
import { caseText, sizeOfCase, skillsText, type Reach } from "./case-text.ts";
import { catalogueOf } from "../../agents/catalogue.ts";
import type { EditBudget, PastProposal } from "../analyst.ts";
import type { Asker } from "./ask.ts";
import { deficienciesText, listText, none, experienceTexts } from "./draft-text.ts";
import { checkEdits, usableEdits } from "./edit-check.ts";
import { clip, within } from "./ladder.ts";

/** What a proposal of a change to a program is made from. `failing` are the failures to show, worst first. */
export interface SkillRequest {
  deficiencies: readonly Deficiency[];
  skills: readonly SkillFolder[];
  failing: readonly ScoredRollout[];
  budget: EditBudget;
}

export interface SkillTools {
  asker: Asker;
  conventions: string;
}

const proposalCharacters = 4_000;
/** Of the proposal and of its justification, in the origin of the draft, which the history shows. */
const keptCharacters = 300;

/** A change to one skill of the program, as the proposer describes it to the builder. */
interface SkillProposal {
  action: "create" | "edit";
  skill: string;
  proposal: string;
  justification: string;
  related: number[];
}

/**
 * Asks for a skill to create or to edit, with the skills that are there, the failures and the history of earlier proposals; a second call, which sees
 * none of the failures, writes the files or the edits (EvoSkill's proposer and builder, arXiv 2603.02766). An edit that does not fit is asked
 * for once more. None where a reply is missing or nothing usable comes of it; why is told.
 */
export async function proposeSkill(request: SkillRequest, tools: SkillTools): Promise<Draft[] | { missing: string }> {
  const proposed = await askForProposal(request, tools);
  if ("missing" in proposed) {
    tell(`a proposal is missing: ${proposed.missing}`);
    return proposed;
  }
  const edits =
    proposed.action === "create"
      ? await buildSkill(proposed, request, tools)
      : await buildEdits(proposed, request, tools);
  if (edits.length === 0) return [];
  const { action, skill, proposal, justification, related } = proposed;
  const features = {
    proposal: shorten(proposal, keptCharacters),
    reason: shorten(justification, keptCharacters),
    related: related.slice(0, 8),
  };
  return [{ edits, origin: { operator: `${action}_skill`, target: skill, features } }];
}

function proposalSchema(skills: readonly SkillFolder[]) {
  const names = skills.map(({ name }) => name);
  return z
    .strictObject({
      alternatives: z.array(z.string()).min(1).max(5),
      action: z.enum(["create", "edit"]),
      skill: z.string(),
      proposal: z.string().min(1),
      justification: z.string(),
      related: z.array(z.int()),
    })
    .superRefine(({ action, skill }, context) => {
      const isKnown = names.includes(skill);
      if (action === "edit" && !isKnown)
        context.addIssue({
          code: "custom",
          path: ["skill"],
          message: `there is no such skill to edit; skills are: ${names.join(", ")}`,
        });
      if (action === "create" && isKnown)
        context.addIssue({
          code: "custom",
          path: ["skill"],
          message: "there is such a skill already; edit it, or choose another name",
        });
      if (action === "create" && !isSpecifiedName(skill, { ascii: true }))
        context.addIssue({
          code: "custom",
          path: ["skill"],
          message: "use 1-64 lower-case letters, digits and single hyphens",
        });
    });
}

async function askForProposal(
  { deficiencies, skills, failing, budget }: SkillRequest,
  { asker }: SkillTools,
): Promise<SkillProposal | { missing: string }> {
  const numbers = new Map(failing.map(({ rollout }, index) => [rollout.task, index + 1]));
  const { history = [], guidance, edits } = budget;
  const reply = await asker.ask({
    prompt: "propose-skill",
    name: "proposal",
    schema: proposalSchema(skills),
    fill: (limits, quote) => {
      const reach = { limits, quote };
      const shown = within(failing, limits.cases, sizeOfCase);
      return {
        inventory: inventoryText(skills, reach),
        skills: skillsText(skills, reach),
        deficiencies: deficienciesText(deficiencies, numbers, reach),
        cases: listText(shown.map((each) => caseText(`case ${numbers.get(each.rollout.task)}`, each, reach))),
        history: listText(newest(history, limits.entries).map((one) => pastText(one, reach))),
        guidance: guidance === undefined ? none : quote("notes", clip(guidance, limits)),
        limit: String(edits),
      };
    },
  });
  return "missing" in reply ? reply : reply.value;
}

function inventoryText(skills: readonly SkillFolder[], { limits, quote }: Reach): string {
  return quote("skills", clip(catalogueOf(skills), limits));
}

/** The last entries of a list, in their order. */
function newest<Entry>(entries: readonly Entry[], most: number): Entry[] {
  return entries.slice(Math.max(0, entries.length - most));
}

function pastText(
  { generation, outcome, score, delta, origin: { operator, target, features } }: PastProposal,
  { limits, quote }: Reach,
): string {
  const part = (key: string) => (typeof features[key] === "string" ? [`${key}: ${features[key]}`] : []);
  const lines = [
    `${operator} ${target}`,
    ...part("proposal"),
    ...part("reason"),
    `outcome: ${outcome}, score ${decimals(score)}, compared with its parent ${decimals(delta)}`,
  ];
  return quote(`generation ${generation}`, clip(lines.join("\n"), limits));
}

function decimals(value: number | null): string {
  return value === null ? "unknown" : value.toFixed(3);
}

/** The files of a new skill; none where they cannot be created. */
async function buildSkill(
  { skill: name, proposal }: SkillProposal,
  { skills, budget }: SkillRequest,
  { asker, conventions }: SkillTools,
): Promise<Edit[]> {
  const most = budget.edits - 1;
  const file = z.strictObject({ file: z.string(), text: z.string() });
  const reply = await asker.ask({
    prompt: "build-skill",
    name: "skill",
    schema: z.strictObject({ description: z.string().min(1), body: z.string().min(1), files: z.array(file).max(most) }),
    fill: (limits, quote) => ({
      name,
      inventory: inventoryText(skills, { limits, quote }),
      proposal: quote("proposal", shorten(proposal, proposalCharacters)),
      rejected: experienceTexts(budget, { limits, quote }).rejected,
      conventions,
      limit: String(most),
    }),
  });
  if ("missing" in reply) {
    tell(`the new skill "${name}" is missing: ${reply.missing}`);
    return [];
  }
  const { files, description, body } = reply.value;
  const text = skillText({ name, description: descriptionFrom(description), body });
  const all = [{ file: SKILL_FILE, text }, ...files];
  const { edits, faults } = checkEdits(
    all.map((each) => ({ op: "create-file" as const, skill: name, ...each })),
    { skills, rejected: budget.rejected },
  );
  for (const { problem } of faults) tell(`a file of the new skill "${name}" is dropped: ${problem}`);
  return edits.some((edit) => "file" in edit && edit.file === SKILL_FILE) ? edits : [];
}

/** Edits of one skill that apply together. */
async function buildEdits(
  { skill: name, proposal }: SkillProposal,
  { skills, budget }: SkillRequest,
  { asker, conventions }: SkillTools,
): Promise<Edit[]> {
  const { edits: limit, rejected } = budget;
  const own = skills.filter((skill) => skill.name === name);
  const schema = (most: number) => wideSchema(name, most);
  const reply = await asker.ask({
    prompt: "build-edits",
    name: "edits",
    schema: schema(limit),
    fill: (limits, quote) => ({
      name,
      skills: skillsText(own, { limits, quote }),
      proposal: quote("proposal", shorten(proposal, proposalCharacters)),
      rejected: experienceTexts(budget, { limits, quote }).rejected,
      conventions,
      limit: String(limit),
    }),
  });
  if ("missing" in reply) {
    tell(`the edits of "${name}" are missing: ${reply.missing}`);
    return [];
  }
  return (await usableEdits(reply.value.edits, { asker, skills, limit, rejected, schema })).edits;
}

/** Edits of the texts and files of one skill, at most so many. */
function wideSchema(name: string, most: number) {
  const skill = z.literal(name);
  const [create, remove, move] = Operation.options;
  const edit = z.union([
    z.strictObject({ ...TextEdit.shape, skill, file: z.string() }),
    z.strictObject({ ...create.shape, skill, file: z.string() }),
    z.strictObject({ ...remove.shape, skill, file: z.string() }),
    z.strictObject({ ...move.shape, skill, file: z.string(), to: z.string() }),
  ]);
  return z.strictObject({ reason: z.string(), edits: z.array(edit).max(most) });
}
