import { z } from "zod";
import type { ModelCards } from "../../policies/cards/model-card.ts";
import type { Drafting } from "../../policies/drafting.ts";
import type { Failing } from "../../policies/feedback/failing.ts";
import { nothingObserved, unexplained, type SkillEvidence, type Observed } from "../../policies/policy.ts";
import { idleShare } from "../../policies/rewards/steps.ts";
import type { RunState } from "../../state/channels.ts";
import { Failure } from "../../state/study.ts";
import { RolloutSet, TaskList, type ScoredRollout } from "../../state/task.ts";
import { categoriesOf } from "../../stores/payload/categories.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { RolloutArchive } from "../../stores/payload/rollout-archive.ts";

const Failures = z.array(Failure);

interface Needs {
  drafting: Pick<Drafting, "observes">;
  card?: Pick<ModelCards, "observes"> | undefined;
  failing: Failing;
  payload: Pick<Payload, "json">;
  archive: RolloutArchive;
}

/** What the rollouts of the batch show about the skills they used, for a drafting policy or a model card that `observes`: else nothing is given. Missing ones show nothing. */
export async function observedIn(
  { rollouts: hash, failures, suites: { train }, seen }: Pick<RunState, "rollouts" | "failures" | "suites" | "seen">,
  { drafting, card, failing, payload, archive }: Needs,
): Promise<{ observed?: Observed }> {
  const observes = drafting.observes ?? card?.observes;
  if (observes === undefined) return {};
  if (hash === null) return { observed: nothingObserved };
  const { visible: skills } = await payload.json(hash, RolloutSet);
  const tasks = await payload.json(train.hash, TaskList);
  const { context } = observes;
  const categories = context === undefined ? [] : await categoriesOf(train, context, payload);
  const contexts = new Map(tasks.map(({ id }, index) => [id, categories[index] ?? ""]));
  const modes = new Map<string, string>();
  for (const { task, category } of failures === null ? [] : await payload.json(failures, Failures))
    if (!modes.has(task)) modes.set(task, category);
  const evidenceOf = ({ rollout: { task, answer, visible }, score }: ScoredRollout): SkillEvidence[] => {
    if (score === null || answer === null) return [];
    const used = answer.used.filter((skill) => Object.hasOwn(skills, skill));
    const success = score.value >= failing.below;
    const { inputTokens, outputTokens } = answer.cost;
    return [
      {
        task,
        context: contexts.get(task) ?? "",
        skills: used.length === 0 ? Object.keys(visible) : [...new Set(used)],
        shown: Object.keys(visible),
        success,
        mode: success ? null : (modes.get(task) ?? unexplained),
        tokens: inputTokens + outputTokens,
        turns: answer.trace.length,
        idle: idleShare(answer.trace),
      },
    ];
  };
  const studied = await archive.study([hash], { suite: train, seen });
  return { observed: { skills, rollouts: studied.flatMap(evidenceOf) } };
}
