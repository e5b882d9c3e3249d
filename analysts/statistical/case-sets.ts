/** A set of cases by their places or serials: a bit for each, 32 to a word. */
export type CaseSet = Int32Array;

function wordsFor(cases: number): number {
  return (cases + 31) >> 5;
}

export function createCaseSet(size: number, cases: readonly number[] | Int32Array = []): CaseSet {
  const set = new Int32Array(wordsFor(size));
  for (let at = 0; at < cases.length; at += 1) addCase(set, cases[at] as number);
  return set;
}

export function addCase(set: CaseSet, each: number): void {
  set[each >> 5] = (set[each >> 5] as number) | (1 << (each & 31));
}

export function hasCase(set: CaseSet, each: number): boolean {
  return (((set[each >> 5] as number) >> (each & 31)) & 1) === 1;
}

/** Makes a set that of the cases in both of two others. */
export function intersect(left: CaseSet, right: CaseSet, into: CaseSet): CaseSet {
  for (let word = 0; word < into.length; word += 1) into[word] = (left[word] as number) & (right[word] as number);
  return into;
}

/** How many cases are in both of two sets of one size. */
export function countShared(left: CaseSet, right: CaseSet): number {
  let count = 0;
  for (let word = 0; word < left.length; word += 1) {
    let bits = (left[word] as number) & (right[word] as number);
    if (bits === 0) continue;
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** Writes the cases that are in both of two sets of one size, ascending; how many they are. */
export function gatherShared(left: CaseSet, right: CaseSet, into: Int32Array): number {
  let found = 0;
  for (let word = 0; word < left.length; word += 1) {
    for (let bits = (left[word] as number) & (right[word] as number); bits !== 0; bits &= bits - 1) {
      into[found++] = 32 * word + 31 - Math.clz32(bits & -bits);
    }
  }
  return found;
}
