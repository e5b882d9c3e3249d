import type { Purpose } from "../../policies/drafting.ts";
import { quote } from "../../skills/shorten.ts";
import type { ScoredRollout } from "../../state/task.ts";
import type { EditBudget } from "../analyst.ts";

/** Tasks shown of each kind, and how many characters of each. */
const examples = 2;
const exampleCharacters = 200;

/** The budget with its purpose, its plan, what stays as it is, and the size to aim at among the notes that prompts show. */
export function withPurpose(budget: EditBudget, replay: readonly ScoredRollout[]): EditBudget {
  const { purpose, plan, frozen, granularity, guidance } = budget;
  const notes = [
    ...(plan === undefined ? [] : [planText(plan)]),
    ...(purpose === undefined ? [] : [purposeText(purpose, replay)]),
    ...(frozen === undefined || frozen.length === 0 ? [] : [frozenText(frozen)]),
    ...(granularity === undefined ? [] : [sizeText(granularity)]),
    ...(guidance === undefined ? [] : [guidance]),
  ];
  return notes.length === 0 ? budget : { ...budget, guidance: notes.join("\n") };
}

function planText({ operators, cards }: NonNullable<EditBudget["plan"]>): string {
  return `Make the edits by these operators: ${operators.join(", ")}. What is known of them, and when not to use them:\n${cards}`;
}

function frozenText(frozen: readonly string[]): string {
  const names = frozen.map((name) => JSON.stringify(name)).join(", ");
  return `These skills stay as they are: ${names}. Put what these tasks need into another skill: create one if there is none yet.`;
}

function sizeText({ tokens, now }: NonNullable<EditBudget["granularity"]>): string {
  return `The skills that may be edited have ${now} tokens. After the edits they should have about ${tokens}.`;
}

function purposeText(purpose: Purpose, replay: readonly ScoredRollout[]): string {
  const skill = JSON.stringify(purpose.skill);
  if (purpose.action === "patch")
    return `The edits are to patch the skill ${skill}, so that these failures do not occur again.`;
  if (purpose.action === "create")
    return `The skill ${skill} does not help with these failures. Create one skill beside it that does, with a description that says for which tasks, and leave the others as they are.`;
  if (purpose.action === "compress")
    return `The skill ${skill} works well. The edits are to make it shorter, by deleting or joining what is not needed, and must not change what an agent does.`;
  const kinds = purpose.groups.map((tasks, index) => `kind ${index + 1}: ${examplesOf(tasks, replay).join("; ")}`);
  return [
    `The skill ${skill} is used for several kinds of tasks. Create a skill for one kind, with what the skill says about that kind alone.`,
    ...kinds,
  ].join("\n");
}

function examplesOf(tasks: readonly string[], replay: readonly ScoredRollout[]): string[] {
  const own = new Set(tasks);
  const shown = replay.filter(({ rollout }) => own.has(rollout.task)).slice(0, examples);
  return shown.map(({ question }) => quote(question.input, exampleCharacters));
}
