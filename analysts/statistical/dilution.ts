import { emphasisFactor } from "../../agents/procedure/slip.ts";
import { programHash, type SkillFolder } from "../../skills/folder.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { answering } from "./analyze.ts";
import { listingOf } from "./listing.ts";
import type { Notebook } from "./notebook.ts";
import { procedureSeenIn } from "./seen.ts";

/** How often the agent overlooks rules of these skills, and what that depends on. */
export interface Dilution {
  /** How often a rule that holds and is not marked IMPORTANT is overlooked, in 0..1; 0 for an agent that follows all. */
  readonly rate: number;
  /** The length of the skills. */
  readonly words: number;
  /** IMPORTANT sentences that are no entries of the listing. */
  readonly markedElsewhere: number;
}

/** No estimate goes beyond this: an agent that overlooks everything shows nothing of what a word costs. */
const highestRate = 0.9;

/**
 * Replays the skills faithfully on the rollouts that were made with them: a rule that holds and that the agent did not
 * follow was overlooked. An agent that names no rule is judged by its answer.
 */
export function measureDilution(
  replay: readonly ScoredRollout[],
  skills: readonly SkillFolder[],
  { compile, execute }: Pick<Notebook, "compile" | "execute">,
): Dilution {
  const procedure = compile(skills);
  const { words, emphasised } = procedure;
  const program = programHash(skills);
  const seenIn = procedureSeenIn(skills, { compile });
  let [chances, overlooked] = [0, 0];
  for (const { rollout, question } of replay) {
    if (rollout.program !== program || rollout.answer === null) continue;
    const { rule, text } = execute(seenIn(rollout), question.input);
    if (rule === undefined || rule.sentence.kind === "otherwise") continue;
    chances += rule.sentence.important ? emphasisFactor(emphasised) : 1;
    const named = rollout.answer.trace.findLast(({ event }) => answering.includes(event));
    const isFollowed =
      named === undefined ? rollout.answer.text === text : named["rule"] === rule.id && named["skill"] === rule.skill;
    if (!isFollowed) overlooked += 1;
  }
  const marked = listingOf(procedure).entries.filter(({ important }) => important).length;
  const rate = chances === 0 ? 0 : Math.min(highestRate, overlooked / chances);
  return { rate, words, markedElsewhere: Math.max(0, emphasised - marked) };
}
