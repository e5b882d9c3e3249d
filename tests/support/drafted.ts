import type { Analyst, EditBudget } from "../../analysts/analyst.ts";
import { createOptimizer } from "../../nodes/optimizer.ts";
import type { Drafting } from "../../policies/drafting.ts";
import { constantEdits, type EditSchedule } from "../../policies/edit-budget.ts";
import { triedPrograms } from "../../policies/feedback/tried.ts";
import { anyShortfall } from "../../policies/feedback/failing.ts";
import { rejectedSinceAccepted } from "../../policies/rejected-edits.ts";
import { withSeen } from "../../state/seen.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { createListener, listingAnalyst, openRoom, settingsOf, skillOf, stateOf, tasksOf } from "./nodes.ts";

/** The first five fail: the skill does not know what they are about. */
const topics = ["cats", "dogs", "owls", "bees", "cats", "ants", "cows", "hens"];
export const known = ["ants", "cows", "hens"];

/** What a proposer was given. */
export interface Given {
  deficiencies: readonly Deficiency[];
  replay: readonly ScoredRollout[];
  budget: EditBudget;
}

interface Setting {
  drafting: Drafting;
  /** Instead of parts of the listing analyst. */
  analyst?: Partial<Analyst>;
  edits?: EditSchedule;
}

/** The optimizer over a batch of five failures and three successes; the listing analyst proposes. */
export async function draftingRoom({ drafting, analyst = {}, edits = constantEdits }: Setting) {
  const room = await openRoom({ train: tasksOf("train", topics) });
  const { payload, archive, ledger, suites, executor } = room;
  const start = await payload.putProgram([skillOf(...known)]);
  const indices = [...topics.keys()];
  const request = { program: start, suite: "train" as const, tasks: suites.train, indices, samples: 1 };
  const rollouts = await archive.save(await executor.roll(request, {}));
  const seen = withSeen("", topics.length, indices);
  const batch = await archive.study([rollouts], { suite: suites.train, seen });
  const deficiencies = await listingAnalyst.diagnose(await listingAnalyst.analyze(batch, []), [], batch);
  const given: Given[] = [];
  const proposer: Analyst = {
    ...listingAnalyst,
    ...analyst,
    async propose(own, skills, replay, budget) {
      given.push({ deficiencies: own, replay, budget });
      return (analyst.propose ?? listingAnalyst.propose)(own, skills, replay, budget);
    },
  };
  const trial = { takesShorter: false };
  const policies = {
    drafting,
    edits,
    rejected: rejectedSinceAccepted,
    tried: triedPrograms,
    failing: anyShortfall,
    trial,
  };
  const node = createOptimizer({ ...policies, proposer, payload, archive, ledger });
  const state = stateOf({
    suites,
    start,
    head: start,
    parents: [start],
    generation: 1,
    rollouts,
    replay: [rollouts],
    seen,
    deficiencies: await payload.putJson(deficiencies),
    settings: settingsOf({ edits: 4 }),
  });
  return { ...room, ...createListener(), node, given, state, parent: start };
}

/** The train tasks that a proposer was shown, by index. */
export const tasksIn = ({ replay }: Given) => replay.map(({ rollout }) => Number(rollout.task.slice(6)));
