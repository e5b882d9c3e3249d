import { effects, type Board } from "../board.ts";
import { addCase, createCaseSet, hasCase, type CaseSet } from "../case-sets.ts";
import type { TraitIndex } from "../traits/trait-lists.ts";

/**
 * The cases of a board in the order in which a rule that moves up the list reaches them: first those that no rule takes,
 * last those of the first rule. Its sets are of places in this order, so that counting what a rule gains ends as soon as it
 * breaks too much.
 */
export interface Lineup {
  /** What answering cases so would change, as a row of effects says. */
  sidesOf(row: Uint8Array): Sides;
  /** Writes the sides of those cases alone that a trait is true of. */
  narrow(sides: Sides, trait: number, into: Sides): void;
  /** Whether a rule for a trait gains `least` at some place of the list; it repairs `most` cases at best. */
  mayGain(trait: number, sides: Sides, most: number, least: number): boolean;
}

/** Cases that are repaired, and those that are repaired or broken. */
export interface Sides {
  readonly fixed: CaseSet;
  readonly changed: CaseSet;
}

export function createSides(cases: number): Sides {
  return { fixed: createCaseSet(cases), changed: createCaseSet(cases) };
}

export function createLineup(board: Board, index: TraitIndex): Lineup {
  const { places, rules } = orderOf(board);
  const sets = createRows(places, index);
  return {
    sidesOf(row) {
      const sides = createSides(row.length);
      for (let each = 0; each < row.length; each += 1) {
        const effect = row[each] as number;
        if (effect === effects.fix) addCase(sides.fixed, places[each] as number);
        if (effect === effects.fix || effect === effects.break) addCase(sides.changed, places[each] as number);
      }
      return sides;
    },
    narrow({ fixed, changed }, trait, into) {
      const start = sets.startOf(trait);
      const { bits } = sets;
      for (let word = 0; word < changed.length; word += 1) {
        const own = bits[start + word] as number;
        into.fixed[word] = (fixed[word] as number) & own;
        into.changed[word] = (changed[word] as number) & own;
      }
    },
    mayGain(trait, { fixed, changed }, most, least) {
      if (most < least) return false;
      const start = sets.startOf(trait);
      const { bits } = sets;
      let [fixes, breaks, rule] = [0, 0, rules.length];
      for (let word = 0; word < changed.length; word += 1) {
        for (let left = (bits[start + word] as number) & (changed[word] as number); left !== 0; left &= left - 1) {
          const place = 32 * word + 31 - Math.clz32(left & -left);
          if (rules[place] !== rule) {
            if (fixes - breaks >= least) return true;
            rule = rules[place] as number;
          }
          if (hasCase(fixed, place)) fixes += 1;
          else {
            breaks += 1;
            if (most - breaks < least) return false;
          }
        }
      }
      return fixes - breaks >= least;
    },
  };
}

/** For each case its place in the order, and for each place the rule that takes the case there. */
function orderOf({ cases, taken }: Board): { places: Int32Array; rules: Int32Array } {
  const [places, rules] = [new Int32Array(cases.length), new Int32Array(cases.length)];
  let next = 0;
  for (let rule = taken.length - 1; rule >= 0; rule -= 1) {
    for (const each of taken[rule] as readonly number[]) {
      places[each] = next;
      rules[next++] = rule;
    }
  }
  return { places, rules };
}

/** The sets of traits one after the other, each made when it is first asked for. */
function createRows(places: Int32Array, { traits, starts, holders }: TraitIndex) {
  const words = createCaseSet(places.length).length;
  const firsts = new Int32Array(traits.length).fill(-1);
  let bits = new Int32Array(256 * words);
  let used = 0;
  const add = (trait: number): number => {
    const first = used;
    used += words;
    if (used > bits.length) bits = doubled(bits);
    for (let at = starts[trait] as number; at < (starts[trait + 1] as number); at += 1) {
      const place = places[holders[at] as number] as number;
      const word = first + (place >> 5);
      bits[word] = (bits[word] as number) | (1 << (place & 31));
    }
    firsts[trait] = first;
    return first;
  };
  return {
    get bits() {
      return bits;
    },
    startOf(trait: number): number {
      const known = firsts[trait] as number;
      return known === -1 ? add(trait) : known;
    },
  };
}

function doubled(bits: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * bits.length);
  wider.set(bits);
  return wider;
}
