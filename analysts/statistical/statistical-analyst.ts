import type { SkillFolder } from "../../skills/folder.ts";
import { hashJson } from "../../state/json.ts";
import type { Origin } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import type { Analyst, EditBudget, Proposal } from "../analyst.ts";
import { analyzeFailures } from "./analyze.ts";
import type { Choice } from "./contest.ts";
import { createNotebook, type Notebook } from "./extraction/leads.ts";
import { diagnoseFailures, isCurable } from "./diagnose.ts";
import type { Listing } from "./listing.ts";
import { createBan, createRepeatTest } from "./marks.ts";
import { createRewriter } from "./rewrite.ts";
import { searchChanges } from "./search.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";
import { casesOf, createWindow } from "./window.ts";

/**
 * The embedded analyst: studies traces, replays edited rules on the rollouts it may see, and proposes the edits that
 * repair most. Deterministic, without a model. It works on labels and on skills with a `## Rules` section, which it adds
 * where there is none. `simulations` counts, for each edit tried, the cases whose answer was worked out anew.
 */
export function createStatisticalAnalyst(tuning: Tuning = defaultTuning): Analyst {
  const notebook = createNotebook();
  return {
    fingerprint: `statistical@2:${hashJson(tuning).slice(0, 8)}`,
    analyze: async (rollouts, skills) => analyzeFailures(rollouts, skills),
    diagnose: async (failures, skills) => diagnoseFailures(failures, skills),
    propose: async (deficiencies, skills, replay, budget) =>
      proposeEdits({ deficiencies, skills, replay, budget }, { tuning, notebook }),
  };
}

interface Request {
  deficiencies: readonly Deficiency[];
  skills: readonly SkillFolder[];
  replay: readonly ScoredRollout[];
  budget: EditBudget;
}

interface Tools {
  tuning: Tuning;
  notebook: Notebook;
}

/** One draft or none: none where nothing is the skill's fault or no change pays. */
function proposeEdits({ deficiencies, skills, replay, budget }: Request, tools: Tools): Proposal {
  const { edits, rejected } = budget;
  if (!deficiencies.some(isCurable)) return { drafts: [], simulations: 0 };
  const leftAlone = new Set(deficiencies.filter((each) => !isCurable(each)).flatMap(({ tasks }) => tasks));
  const window = createWindow(casesOf(replay).filter(({ task }) => !leftAlone.has(task)));
  const editsTowards = createRewriter(skills);
  const isRepeat = createRepeatTest(rejected);
  const found = searchChanges(skills, window, {
    edits,
    ...tools,
    isBanned: createBan(rejected),
    isReachable: (listing: Listing) => editsTowards(listing).length <= edits,
  });
  const proposed = editsTowards(found.listing);
  const isNews = proposed.length > 0 && !proposed.some(isRepeat);
  const drafts = isNews ? [{ edits: proposed, origin: originOf(found.choices) }] : [];
  return { drafts, simulations: found.simulations };
}

/** Named after the change that pays most; the numbers are what replaying says of all of them. */
function originOf(choices: readonly Choice[]): Origin {
  const sum = (count: (choice: Choice) => number): number =>
    choices.reduce((total, choice) => total + count(choice), 0);
  return {
    operator: choices[0]?.operator ?? "none",
    target: choices[0]?.place ?? "",
    features: {
      operators: choices.map(({ operator, place }) => `${operator} ${place}`),
      fixes: sum(({ tally }) => tally.fixes),
      breaks: sum(({ tally }) => tally.breaks),
      words: sum(({ words }) => words),
    },
  };
}
