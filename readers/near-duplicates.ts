import { sizes } from "../state/sizes.ts";
import type { Task } from "../state/task.ts";

/** From this share of common shingles on, two tasks ask nearly the same. */
export const nearThreshold = 0.8;

const shingleLength = 5;
/** A longer text is stood for by so many of its shingles, those with the smallest hashes: its share is then an estimate. */
const mostShingles = 256;
/** So many texts that share rare shingles are looked at for one; more only where thousands of tasks are made from one template. */
const mostCandidates = 100;

/** Another task that asks nearly the same: its place in the list, and the share of common shingles. */
export interface Neighbour {
  readonly index: number;
  readonly similarity: number;
}

/**
 * Finds what asks nearly the same among tasks: those whose sets of shingles, five characters each of input and files in small
 * letters without punctuation, have a Jaccard index of 0.8 or more. Gives for each task its neighbours, in the order in which they
 * are found, which is always the same.
 */
export function findNeighbours(tasks: readonly Task[]): (index: number) => Neighbour[] {
  const ranks = rankAll(tasks.map((task) => shinglesOf(plainText(task))));
  // Sets that are so alike share one of their rarest shingles, so only those are looked up (prefix filter).
  const prefixes = ranks.map((rank) => rank.slice(0, rank.length - leastShared(rank.length) + 1));
  const holders = new Map<number, number[]>();
  for (const [index, prefix] of prefixes.entries()) {
    for (const rank of prefix) {
      const found = holders.get(rank % hashes);
      if (found === undefined) holders.set(rank % hashes, [index]);
      else found.push(index);
    }
  }
  return (index) => {
    const own = ranks[index] as Float64Array;
    const seen = new Set([index]);
    const neighbours: Neighbour[] = [];
    for (const rank of prefixes[index] as Float64Array) {
      for (const other of holders.get(rank % hashes) ?? []) {
        if (seen.size > mostCandidates) return neighbours;
        if (seen.has(other)) continue;
        seen.add(other);
        const similarity = similarityOf(own, ranks[other] as Float64Array);
        if (similarity !== undefined) neighbours.push({ index: other, similarity });
      }
    }
    return neighbours;
  };
}

/** How much of a set another one must share at least. The little less makes up for binary fractions. */
function leastShared(size: number): number {
  return Math.ceil(nearThreshold * size - 1e-9);
}

/** What a task asks as it is compared: letters and digits in small letters, one space between words, of so much as is compared. */
export function plainText({ input, files = {} }: Task): string {
  const all = [input, ...Object.entries(files).flat()].join("\n");
  return (
    all
      .slice(0, sizes.compared)
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  ).join(" ");
}

/** The hashes of the shingles of a text, each once, smallest first. */
function shinglesOf(text: string): Uint32Array {
  if (text === "") return new Uint32Array();
  const size = Math.max(1, text.length - shingleLength + 1);
  const all = new Uint32Array(size);
  for (let start = 0; start < size; start += 1) all[start] = hashAt(text, start);
  return smallest(all);
}

/** Sorted, each once. Of very many only those below a bound are looked at, where enough are left. */
function smallest(all: Uint32Array): Uint32Array {
  const bound = (hashes * 4 * mostShingles) / all.length;
  const kept = bound < hashes ? distinct(all.filter((hash) => hash < bound)) : distinct(all);
  const isEnough = kept.length >= mostShingles || bound >= hashes;
  return (isEnough ? kept : distinct(all)).slice(0, mostShingles);
}

function distinct(values: Uint32Array): Uint32Array {
  const sorted = values.toSorted();
  let count = 0;
  for (let at = 0; at < sorted.length; at += 1) {
    if (at > 0 && sorted[at] === sorted[count - 1]) continue;
    sorted[count] = sorted[at] as number;
    count += 1;
  }
  return sorted.subarray(0, count);
}

/** Hashes have 31 bits, which the engine keeps as small integers. */
const hashes = 2 ** 31;

/** FNV-1a over the characters, with the end of MurmurHash3, so that the smallest hashes are a fair sample. */
function hashAt(text: string, start: number): number {
  let hash = 0x811c9dc5;
  const end = Math.min(text.length, start + shingleLength);
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 1;
}

const buckets = 2 ** 20;

/** Sorts each set by how rare its shingles are in all. The same shingle has the same number in all of them. */
function rankAll(sets: readonly Uint32Array[]): Float64Array[] {
  const counts = new Uint32Array(buckets);
  for (const set of sets) for (const hash of set) counts[hash % buckets] = (counts[hash % buckets] as number) + 1;
  return sets.map((set) =>
    Float64Array.from(set, (hash) => (counts[hash % buckets] as number) * hashes + hash).toSorted(),
  );
}

/** The Jaccard index of two sets, where it reaches the threshold. */
function similarityOf(left: Float64Array, right: Float64Array): number | undefined {
  const total = left.length + right.length;
  const mostOdd = (total * (1 - nearThreshold)) / (1 + nearThreshold) + 1e-9;
  let [one, other, shared] = [0, 0, 0];
  while (one < left.length && other < right.length) {
    const difference = (left[one] as number) - (right[other] as number);
    if (difference === 0) shared += 1;
    if (difference <= 0) one += 1;
    if (difference >= 0) other += 1;
    if (one + other - 2 * shared > mostOdd) return undefined;
  }
  const similarity = shared / (total - shared);
  return similarity >= nearThreshold ? similarity : undefined;
}
