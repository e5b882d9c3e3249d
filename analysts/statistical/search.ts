import type { SkillFolder } from "../../skills/folder.ts";
import { createBoard, createPlayer } from "./board.ts";
import { createContest, type Choice } from "./contest.ts";
import { listingOf, type Listing } from "./listing.ts";
import type { Notebook } from "./extraction/leads.ts";
import { addRules } from "./operators/add.ts";
import { extendAlternatives } from "./operators/extend.ts";
import { addExtractions } from "./operators/extract.ts";
import { narrowRules } from "./operators/narrow.ts";
import { reviseExtractions } from "./operators/revise.ts";
import { improveSteps } from "./operators/steps.ts";
import { rearrange } from "./operators/rearrange.ts";
import type { Tuning } from "./tuning.ts";
import type { Window } from "./window.ts";

export interface SearchLimit {
  /** Rules that may be added, changed or removed. */
  edits: number;
  start?: Listing;
  isBanned(choice: Choice): boolean;
  /** Whether the listing can be reached within the limit. */
  isReachable(listing: Listing): boolean;
}

export interface Found {
  readonly choices: readonly Choice[];
  readonly listing: Listing;
  readonly simulations: number;
}

/**
 * Greedy search: each time the best single change of the listing on the window, then again on the changed listing, until
 * nothing pays or the limit is reached.
 */
export function searchChanges(
  skills: readonly SkillFolder[],
  window: Window,
  limit: SearchLimit & { tuning: Tuning; notebook: Notebook },
): Found {
  const { tuning, notebook } = limit;
  const player = createPlayer(window.cases);
  const home = skills.map(({ name }) => name).toSorted()[0] ?? "";
  const choices: Choice[] = [];
  let listing = limit.start ?? listingOf(skills);
  let simulations = 0;
  const changesOf = (place: string): number => choices.filter((choice) => choice.place === place).length;
  const places = (): number => new Set(choices.map(({ place }) => place)).size;
  const isBeyond = (choice: Choice): boolean => {
    const touched = changesOf(choice.place);
    if (touched === 0) return places() >= limit.edits;
    return touched >= tuning.changesPerEdit;
  };
  for (;;) {
    const board = createBoard(listing, window.cases, player);
    const contest = createContest(tuning, (choice) => limit.isBanned(choice) || isBeyond(choice));
    const search = { board, window, contest, home, pairs: tuning.pairs, notebook };
    rearrange(search);
    extendAlternatives(search);
    narrowRules(search);
    addRules(search);
    addExtractions(search);
    reviseExtractions(search);
    // A whole procedure is looked for once: what is left after a change is no fairer a sample of the task.
    improveSteps(search, choices.length === 0);
    simulations += contest.simulations;
    const next = contest.best?.apply();
    if (contest.best === undefined || next === undefined || !limit.isReachable(next)) {
      return { choices, listing, simulations };
    }
    choices.push(contest.best);
    listing = next;
  }
}
