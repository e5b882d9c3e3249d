import type { Purpose } from "../../policies/drafting.ts";
import { quote } from "../../skills/shorten.ts";
import type { ScoredRollout } from "../../state/task.ts";
import type { EditBudget } from "../analyst.ts";

/** Tasks shown of each kind, and how many characters of each. */
const examples = 2;
const exampleCharacters = 200;

/** The budget with its purpose among the notes that prompts show. */
export function withPurpose(budget: EditBudget, replay: readonly ScoredRollout[]): EditBudget {
  const { purpose, guidance } = budget;
  if (purpose === undefined) return budget;
  const notes = [purposeText(purpose, replay), ...(guidance === undefined ? [] : [guidance])];
  return { ...budget, guidance: notes.join("\n") };
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
