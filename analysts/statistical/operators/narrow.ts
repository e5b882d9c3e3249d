import type { Clause, Condition, Group } from "../../../agents/procedure/grammar/sentence.ts";
import { effects, tallyOf, type Board, type Tally } from "../board.ts";
import type { Choice, Contest } from "../contest.ts";
import { replaceEntry, type Entry } from "../listing.ts";
import { marksOfChange } from "../marks.ts";
import type { Notebook } from "../notebook.ts";
import type { Trait } from "../traits/phrasebook.ts";
import type { Support, TraitIndex } from "../traits/trait-lists.ts";
import type { Case, Window } from "../window.ts";

interface Search {
  board: Board;
  window: Window;
  contest: Contest;
  notebook: Pick<Notebook, "testOf">;
}

interface Site {
  place: number;
  entry: Entry;
  /** The cases the rule answers. */
  taken: readonly number[];
  /** Those of them that are answered rightly without it. */
  fixable: readonly number[];
}

/** Makes rules that answer wrongly hold for fewer cases: an exception, a required trait, or one alternative less. */
export function narrowRules(search: Search): void {
  const { board, contest } = search;
  for (const [place, entry] of board.listing.entries.entries()) {
    if (entry.steps !== undefined) continue;
    const taken = board.taken[place] as readonly number[];
    const fixable = taken.filter((each) => board.withoutRule[each] === effects.fix);
    if (!contest.mayWin(fixable.length, 0)) continue;
    addConditions(search, { place, entry, taken, fixable });
    dropAlternatives(search, { place, entry, taken, fixable });
  }
}

function addConditions(search: Search, site: Site): void {
  const { board, contest } = search;
  const index = site.entry.extraction === undefined ? search.window : search.window.guards;
  const whole = tallyOf(board.withoutRule, site.taken);
  const gain = whole.fixes - whole.breaks;
  let least = contest.leastGain(0, 0);
  const simulations = forEachPart({ board, index, taken: site.taken }, (part, trait) => {
    const own = part.fixes - part.breaks;
    if (own < least && gain - own < least) return;
    const { words, emptiness, clause } = index.traits[trait] as Trait;
    const terms = { words: words + 1, emptiness, isExclusion: true };
    if (contest.mayWin(own, terms.words) && isPositive(clause)) {
      const numbers = { tally: part, ...terms };
      if (contest.wouldWin(numbers)) addException(search, site, { ...numbers, tally: { ...part }, clause });
    }
    if (contest.mayWin(gain - own, terms.words)) {
      const numbers = { tally: difference(whole, part), ...terms };
      if (contest.wouldWin(numbers)) addRequirement(search, site, { ...numbers, clause });
    }
    least = contest.leastGain(0, 0);
  });
  contest.simulated(simulations);
}

interface Addition extends Pick<Choice, "tally" | "words" | "emptiness" | "isExclusion"> {
  clause: Clause;
}

function addException(search: Search, site: Site, { clause, ...numbers }: Addition): void {
  const make = (condition: Condition) => ({ ...condition, unless: withAlternative(condition.unless, clause) });
  enter(search, site, { operator: "add_exception", ...numbers, make });
}

function addRequirement(search: Search, site: Site, { clause, ...numbers }: Addition): void {
  const make = (condition: Condition) => ({ ...condition, all: [...condition.all, [clause]] });
  enter(search, site, { operator: "narrow", ...numbers, make });
}

interface Taken {
  board: Board;
  index: TraitIndex;
  /** The cases of a rule. */
  taken: readonly number[];
}

/**
 * Says for each trait that is true of a case which would be repaired or broken without the rule, in order of appearance,
 * what becomes of its cases, and comes to how many those are in all. The tally is the same one each time.
 */
function forEachPart({ board, index, taken }: Taken, visit: (part: Tally, trait: number) => void): number {
  const supportOf = (effect: number): Support =>
    index.supportOf(taken.filter((each) => board.withoutRule[each] === effect));
  const [fixes, breaks, idle] = [supportOf(effects.fix), supportOf(effects.break), supportOf(effects.idle)];
  const [inBreaks, inIdle] = roomFor(index);
  spread(breaks, inBreaks);
  spread(idle, inIdle);
  const part = { fixes: 0, breaks: 0, idle: 0 };
  let cases = 0;
  const visitTrait = (trait: number, fixed: number): void => {
    part.fixes = fixed;
    part.breaks = inBreaks[trait] as number;
    part.idle = inIdle[trait] as number;
    inBreaks[trait] = 0;
    cases += fixed + part.breaks + part.idle;
    visit(part, trait);
  };
  for (let at = 0; at < fixes.traits.length; at += 1)
    visitTrait(fixes.traits[at] as number, fixes.counts[at] as number);
  for (const trait of breaks.traits) if ((inBreaks[trait] as number) > 0) visitTrait(trait, 0);
  for (const trait of idle.traits) inIdle[trait] = 0;
  return cases;
}

const rooms = new WeakMap<TraitIndex, readonly [Int32Array, Int32Array]>();

/** Two counts for each trait, all 0; they are left so. */
function roomFor(index: TraitIndex): readonly [Int32Array, Int32Array] {
  const { length } = index.traits;
  const room = rooms.get(index) ?? ([new Int32Array(length), new Int32Array(length)] as const);
  rooms.set(index, room);
  return room;
}

function spread({ traits, counts }: Support, into: Int32Array): void {
  for (let at = 0; at < traits.length; at += 1) into[traits[at] as number] = counts[at] as number;
}

/** "unless it has no number" is a riddle; the required trait says it plainly. */
function isPositive(clause: Clause): boolean {
  return clause.kind !== "has-no" && clause.kind !== "mentions-none";
}

function difference(whole: Tally, part: Tally): Tally {
  return { fixes: whole.fixes - part.fixes, breaks: whole.breaks - part.breaks, idle: whole.idle - part.idle };
}

function withAlternative(group: Group, added: Clause): Group {
  const index = group.findIndex(({ kind }) => kind === added.kind && "phrases" in added);
  const old = group[index];
  if (old === undefined || !("phrases" in old) || !("phrases" in added)) return [...group, added];
  return group.with(index, { ...old, phrases: [...old.phrases, ...added.phrases] });
}

interface Offer extends Pick<Choice, "operator" | "tally" | "words" | "emptiness" | "isExclusion"> {
  make(condition: Condition): Condition;
}

function enter({ board, contest }: Search, { place, entry }: Site, { make, ...offer }: Offer): void {
  const condition = make(entry.condition);
  contest.enter({
    ...offer,
    place: entry.id,
    marks: marksOfChange(entry.id, entry.condition, condition),
    apply: () => replaceEntry(board.listing, place, { ...entry, condition }),
  });
}

function dropAlternatives(search: Search, site: Site): void {
  const { board, contest, notebook } = search;
  const { entry, taken, fixable } = site;
  const testOf = (condition: Condition) => notebook.testOf(condition, entry.extraction !== undefined);
  for (const { condition, alone, words } of conditionsWithoutPhrase(entry.condition)) {
    contest.simulated(taken.length);
    const isOf = alone === undefined ? () => true : testOf(alone);
    const most = fixable.filter((each) => isOf(board.cases[each] as Case)).length;
    if (!contest.mayWin(most, -words)) continue;
    const holds = testOf(condition);
    const released = taken.filter((each) => !holds(board.cases[each] as Case));
    const tally = tallyOf(board.withoutRule, released);
    const numbers = { tally, words: -words, emptiness: 0, isExclusion: false };
    if (contest.wouldWin(numbers)) enter(search, site, { operator: "narrow", ...numbers, make: () => condition });
  }
}

/** A condition without one phrase of a list. */
interface Shorter {
  readonly condition: Condition;
  /** What holds wherever the phrase makes a difference; undefined where that is not known. */
  readonly alone: Condition | undefined;
  /** The words of the phrase. */
  readonly words: number;
}

/** Kept, so that each is tested once however often the list around its rule changes. */
const shorter = new WeakMap<Condition, readonly Shorter[]>();

function conditionsWithoutPhrase(condition: Condition): readonly Shorter[] {
  const known = shorter.get(condition) ?? withoutPhrases(condition);
  shorter.set(condition, known);
  return known;
}

const alternatives: readonly Clause["kind"][] = ["mentions", "starts-with", "ends-with"];

function withoutPhrases(condition: Condition): Shorter[] {
  return condition.all.flatMap((clauses, group) =>
    clauses.flatMap((old, clause): Shorter[] => {
      if (!("phrases" in old) || old.phrases.length < 2) return [];
      return old.phrases.map((phrase) => {
        const phrases = old.phrases.filter((each) => each !== phrase);
        const fewer = condition.all.with(group, clauses.with(clause, { ...old, phrases }));
        const alone = { all: [[{ ...old, phrases: [phrase] }]], unless: [] };
        return {
          condition: { ...condition, all: fewer },
          alone: alternatives.includes(old.kind) ? alone : undefined,
          words: phrase.split(" ").length,
        };
      });
    }),
  );
}
