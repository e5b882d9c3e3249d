import type { Purpose } from "../../policies/drafting.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { hashJson } from "../../state/json.ts";
import type { Origin } from "../../state/program.ts";
import { rounded } from "../../state/rounding.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import type { Analyst, EditBudget, Proposal } from "../analyst.ts";
import { avoidedOperators } from "../counting-reflector.ts";
import { analyzeFailures } from "./analyze.ts";
import { noisyTasks } from "./audit.ts";
import type { Choice } from "./contest.ts";
import { measureDilution, type Dilution } from "./dilution.ts";
import { diagnoseFailures, isCurable } from "./diagnose.ts";
import { listingOf, type Listing } from "./listing.ts";
import { createBan, createRepeatTest } from "./marks.ts";
import { separateSkill, splitSkill } from "./new-skill.ts";
import { createNotebook, type Notebook } from "./notebook.ts";
import { createRewriter } from "./rewriting/rewrite.ts";
import { searchChanges, type Found, type Scope } from "./search.ts";
import { createPlannedTest } from "./planned.ts";
import { createFrozenTest, specialized } from "./specialize.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";
import { casesOf, createWindow, type Case } from "./window.ts";

/**
 * The embedded analyst: studies traces, replays edited rules on the rollouts it may see, and proposes the edits that
 * repair most. Deterministic, without a model. It works on labels and on skills with a `## Rules` section, which it adds
 * where there is none. `simulations` counts, for each edit tried, the cases whose answer was worked out anew.
 */
export function createStatisticalAnalyst(tuning: Tuning = defaultTuning): Analyst {
  let notebook = createNotebook();
  const open = (): Notebook => {
    if (notebook.isFull) notebook = createNotebook();
    return notebook;
  };
  return {
    fingerprint: `statistical@8:${hashJson(tuning).slice(0, 8)}`,
    needsExpected: true,
    analyze: async (rollouts, skills) => analyzeFailures(rollouts, skills, open()),
    diagnose: async (failures, skills, replay) => diagnoseFailures(failures, skills, replay, open()),
    propose: async (deficiencies, skills, replay, budget) =>
      proposeEdits({ deficiencies, skills, replay, budget }, { tuning, notebook: open() }),
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

/**
 * One draft or none. Where failures are the skill's fault, the changes that pay most; where all are lapses of the agent,
 * those that leave what rules say as it is; where neither pays and the gate takes it, what makes the skill shorter at no
 * cost. Label noise is left alone.
 */
function proposeEdits(request: Request, { tuning, notebook }: Tools): Proposal {
  const { deficiencies, skills, replay, budget } = request;
  const { edits, rejected, guidance, purpose, plan, otherThan = [] } = budget;
  if (purpose?.action === "split") return proposeSplit(request, purpose, notebook);
  const dilution = measureDilution(replay, skills, notebook);
  const scopes = scopesOf(request, dilution);
  const cases = casesOf(replay, notebook.cases);
  const leftAlone = new Set([
    ...noisyTasks(cases),
    ...deficiencies.filter(isLabelsFault).flatMap(({ tasks }) => tasks),
  ]);
  const studied = cases.filter(({ task }) => !leftAlone.has(task));
  const window = createWindow(studied, notebook.vocabulary);
  const before = listingOf(notebook.compile(skills));
  const editsTowards = createRewriter(skills, notebook);
  const isRepeat = createRepeatTest(rejected);
  const isReachable = (listing: Listing): boolean => editsTowards(listing).length <= edits;
  const isRejected = createBan(rejected);
  const isPlanned = createPlannedTest(plan);
  const unplanned = isPlanned("create_skill") ? [] : ["create_skill"];
  const avoided = new Set([...avoidedOperators(guidance), ...otherThan, ...unplanned]);
  const { frozen } = budget;
  const isKept = createFrozenTest(before, frozen ?? []);
  const creates = purpose?.action === "create";
  const isOther = (choice: Choice) => creates && !adding.has(choice.operator);
  const isBanned = (choice: Choice) =>
    isOther(choice) ||
    !isPlanned(choice.operator) ||
    avoided.has(choice.operator) ||
    isRejected(choice) ||
    (frozen !== undefined && !isKept(choice.apply()));
  const limit = { edits, tuning, notebook, dilution, isBanned, isReachable };
  let simulations = 0;
  for (const scope of scopes) {
    const found = searchChanges(skills, window, { ...limit, scope });
    simulations += found.simulations;
    const placed = placedChanges(request, { before, after: found.listing, cases: studied, notebook, avoided });
    simulations += placed.simulations;
    for (const { listing, skill } of placed.options) {
      const proposed = editsTowards(listing);
      if (proposed.length === 0 || proposed.length > edits || proposed.some(isRepeat)) continue;
      return { drafts: [{ edits: proposed, origin: originOf(found, { dilution, skill }) }], simulations };
    }
  }
  return { drafts: [], simulations };
}

/** What rules of another skill are made by. */
const adding = new Set(["add_rule", "add_before"]);

interface Placing {
  before: Listing;
  after: Listing;
  cases: readonly Case[];
  notebook: Notebook;
  avoided: ReadonlySet<string>;
}

/** Listings to propose, best first, each with the skill that it creates: new rules in skills of their own where they may be, and else where they were found. */
function placedChanges(
  { skills, budget: { scope, frozen, purpose } }: Request,
  { before, after, cases, notebook, avoided }: Placing,
): { options: Array<{ listing: Listing; skill?: string }>; simulations: number } {
  const tools = { cases, notebook };
  if (frozen !== undefined) {
    const own = specialized({ before, after, skills, frozen }, tools);
    return { options: own === undefined ? [] : [own], simulations: own?.simulations ?? 0 };
  }
  const creates = purpose?.action === "create";
  const separated =
    scope === "program" && !avoided.has("create_skill")
      ? separateSkill({ before, after, skills, isAny: creates }, tools)
      : undefined;
  const options = [...(separated === undefined ? [] : [separated]), ...(creates ? [] : [{ listing: after }])];
  return { options, simulations: separated?.simulations ?? 0 };
}

/** The mode of failures that say nothing against the skill. */
const lapse = "execution_lapse";

/** What is searched, one after the other until something is found. */
function scopesOf({ deficiencies, budget }: Request, { rate }: Dilution): Scope[] {
  const { purpose, granularity, card, takesShorter } = budget;
  const action = purpose?.action;
  if (action === "compress") return ["length"];
  const isCurableNow = deficiencies.some(isCurable);
  if (action === "create") return isCurableNow ? ["everything"] : [];
  const isTooLong = granularity !== undefined && granularity.tokens < granularity.now;
  const isLapsing = card?.weaknesses[0]?.mode === lapse && rate > 0;
  const scopes: Scope[] = [...(isTooLong ? (["length"] as const) : []), ...(isLapsing ? (["lapses"] as const) : [])];
  if (isCurableNow) scopes.push("everything");
  else if (rate > 0 && !isLapsing) scopes.push("lapses");
  return takesShorter && !isTooLong ? [...scopes, "length"] : scopes;
}

/** Rules of a skill that serve one group of tasks alone, as a skill of their own. */
function proposeSplit(
  { skills, replay, budget: { edits, rejected } }: Request,
  { skill, groups }: Purpose & { action: "split" },
  notebook: Notebook,
): Proposal {
  const cases = casesOf(replay, notebook.cases);
  // Each rule is removed from one skill, and all are created in the other.
  const split = splitSkill(
    { listing: listingOf(notebook.compile(skills)), skills, skill, groups, most: edits - 1 },
    { cases, notebook },
  );
  const proposed = split === undefined ? [] : createRewriter(skills, notebook)(split.listing);
  const isUsable = proposed.length > 0 && proposed.length <= edits && !proposed.some(createRepeatTest(rejected));
  const origin = { operator: "split_skill", target: skill, features: { created: split?.skill ?? null } };
  return { drafts: isUsable ? [{ edits: proposed, origin }] : [], simulations: split?.simulations ?? 0 };
}

/** Whether what is expected is at fault, and neither the skill nor the agent. */
function isLabelsFault({ category }: Deficiency): boolean {
  return category === "label_noise" || category === "no_label";
}

/** Named after the skill it creates, or else the change that pays most; the numbers are what replaying says of all of them. */
function originOf(
  { choices, expected }: Found,
  { dilution, skill }: { dilution: Dilution; skill: string | undefined },
): Origin {
  const sum = (count: (choice: Choice) => number): number =>
    choices.reduce((total, choice) => total + count(choice), 0);
  return {
    operator: skill === undefined ? (choices[0]?.operator ?? "none") : "create_skill",
    target: skill ?? choices[0]?.place ?? "",
    features: {
      operators: [
        ...(skill === undefined ? [] : [`create_skill ${skill}`]),
        ...choices.map(({ operator, place }) => `${operator} ${place}`),
      ],
      fixes: sum(({ tally }) => tally.fixes),
      breaks: sum(({ tally }) => tally.breaks),
      words: sum(({ words }) => words),
      // Of an agent that follows all rules this is what replaying counts.
      ...(dilution.rate > 0 && { expected: rounded(expected, 6) }),
    },
  };
}
