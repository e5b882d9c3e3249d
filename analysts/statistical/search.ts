import type { SkillFolder } from "../../skills/folder.ts";
import { createBoard, createPlayer } from "./board.ts";
import { createContest, type Choice } from "./contest.ts";
import { listingOf, type Listing } from "./listing.ts";
import type { Dilution } from "./dilution.ts";
import { createForecast, type Forecast } from "./forecast.ts";
import { emphasizeRules } from "./operators/emphasize.ts";
import { mergeRules } from "./operators/merge.ts";
import { pruneRules } from "./operators/prune.ts";
import type { Notebook } from "./notebook.ts";
import { addRules } from "./operators/add.ts";
import { extendAlternatives } from "./operators/extend.ts";
import { addExtractions } from "./operators/extract.ts";
import { narrowRules } from "./operators/narrow.ts";
import { reviseExtractions } from "./operators/revise.ts";
import { improveSteps } from "./operators/steps.ts";
import { rearrange } from "./operators/rearrange.ts";
import type { Tuning } from "./tuning.ts";
import type { Window } from "./window.ts";

/**
 * What the search may change. `lapses`: nothing that changes what a rule says, only what shortens the skill or marks rules
 * IMPORTANT. `length`: what shortens it, however little that is worth.
 */
export type Scope = "everything" | "lapses" | "length";

export interface SearchLimit {
  scope: Scope;
  /** Rules that may be added, changed or removed. */
  edits: number;
  dilution: Dilution;
  isBanned(choice: Choice): boolean;
  /** Whether the listing can be reached within the limit. */
  isReachable(listing: Listing): boolean;
}

export interface Found {
  readonly choices: readonly Choice[];
  /** Right answers more that all of them are expected to bring, on the window, from an agent that overlooks rules as often as now. */
  readonly expected: number;
  readonly listing: Listing;
  readonly simulations: number;
}

/**
 * Greedy search: each time the best single change of the listing on the window, then again on the changed listing, until
 * nothing pays or the limit is reached. A word weighs what the tuning says, and what it costs an agent that overlooks
 * rules.
 */
export function searchChanges(
  skills: readonly SkillFolder[],
  window: Window,
  limit: SearchLimit & { tuning: Tuning; notebook: Notebook },
): Found {
  const { tuning, notebook, scope, dilution } = limit;
  const player = createPlayer(window.cases, notebook);
  const home = skills.map(({ name }) => name).toSorted()[0] ?? "";
  const choices: Choice[] = [];
  const isBeyond = createBound(choices, limit);
  let listing = listingOf(notebook.compile(skills));
  let [simulations, expected] = [0, 0];
  for (;;) {
    const board = createBoard(listing, window.cases, player);
    const drift = choices.reduce((sum, { words }) => sum + words, 0);
    const forecast = createForecast(board, dilution, drift);
    const contest = createContest(
      weighed(tuning, scope, forecast),
      (choice) => limit.isBanned(choice) || isBeyond(choice),
    );
    const search = { board, window, player, forecast, contest, home, pairs: tuning.pairs, notebook };
    if (scope !== "everything" || dilution.rate > 0) shorten(search);
    if (scope !== "length" && dilution.rate > 0) emphasizeRules(search);
    // A whole procedure is looked for once: what is left after a change is no fairer a sample of the task.
    if (scope === "everything") improve(search, choices.length === 0);
    simulations += contest.simulations;
    const next = contest.best?.apply();
    if (contest.best === undefined || next === undefined || !limit.isReachable(next)) {
      return { choices, expected, listing, simulations };
    }
    choices.push(contest.best);
    expected += gainOf(contest.best, forecast);
    listing = next;
  }
}

/** What a choice is expected to bring, without what the tuning takes off for doubt and length. */
function gainOf({ forecast, tally, words }: Choice, { wordCost }: Forecast): number {
  return (forecast ?? tally.fixes - tally.breaks) - wordCost * words;
}

function weighed(tuning: Tuning, scope: Scope, { wordCost }: Forecast): Tuning {
  const leastScore = scope === "length" ? 0 : tuning.leastScore;
  return { ...tuning, leastScore, wordCost: tuning.wordCost + wordCost };
}

/** Whether one change more would be beyond the limit. A merge takes two edits at once, so it is tried. */
function createBound(choices: readonly Choice[], limit: SearchLimit & { tuning: Tuning }): (choice: Choice) => boolean {
  const changesOf = (place: string): number => choices.filter((choice) => choice.place === place).length;
  const places = (): number => new Set(choices.map(({ place }) => place)).size;
  return (choice) => {
    const touched = changesOf(choice.place);
    if (touched === 0 ? places() >= limit.edits : touched >= limit.tuning.changesPerEdit) return true;
    return choice.operator === "merge_rules" && !limit.isReachable(choice.apply());
  };
}

type Shortening = Parameters<typeof pruneRules>[0] & Parameters<typeof mergeRules>[0];

function shorten(search: Shortening): void {
  pruneRules(search);
  mergeRules(search);
}

type Improving = Parameters<typeof addExtractions>[0] & Parameters<typeof addRules>[0];

function improve(search: Improving, isFirst: boolean): void {
  rearrange(search);
  extendAlternatives(search);
  narrowRules(search);
  addRules(search);
  addExtractions(search);
  reviseExtractions(search);
  improveSteps(search, isFirst);
}
