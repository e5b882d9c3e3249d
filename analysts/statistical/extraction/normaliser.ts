import type { Act, Item } from "../../../agents/procedure/grammar/act.ts";
import { perform, textOfValue } from "../../../agents/procedure/perform.ts";
import { once } from "../../../agents/procedure/once.ts";

/** A short chain of acts that turns what a text holds into what is expected. Always performed in the order of its fields. */
export interface Normaliser {
  readonly outer: boolean;
  readonly spaces: boolean;
  /** Single characters, in code unit order. */
  readonly removed: readonly string[];
  /** Pairs of single characters, in code unit order. */
  readonly replaced: readonly (readonly [from: string, to: string])[];
  readonly lower: boolean;
  readonly decimals: number | null;
}

export const plain: Normaliser = {
  outer: false,
  spaces: false,
  removed: [],
  replaced: [],
  lower: false,
  decimals: null,
};

const longest = 5;
const shown = 4;

const actsOfChains = new WeakMap<Normaliser, readonly Act[]>();

export function actsOf(normaliser: Normaliser): readonly Act[] {
  const acts = actsOfChains.get(normaliser) ?? chainOf(normaliser);
  actsOfChains.set(normaliser, acts);
  return acts;
}

function chainOf({ outer, spaces, removed, replaced, lower, decimals }: Normaliser): Act[] {
  return [
    ...(outer ? [{ kind: "remove-outer-punctuation" as const }] : []),
    ...(spaces ? [{ kind: "remove-spaces" as const }] : []),
    ...(removed.length > 0 ? [{ kind: "remove" as const, items: removed.map(textItem) }] : []),
    ...replaced.map(([from, text]) => ({ kind: "replace" as const, items: [textItem(from)], text })),
    ...(lower ? [{ kind: "lower-case" as const }] : []),
    ...(decimals === null ? [] : [{ kind: "format" as const, decimals }]),
  ];
}

export function textItem(text: string): { kind: "text"; text: string } {
  return { kind: "text", text };
}

export function lengthOf(normaliser: Normaliser): number {
  const { outer, spaces, removed, replaced, lower, decimals } = normaliser;
  return Number(outer) + Number(spaces) + removed.length + replaced.length + Number(lower) + Number(decimals !== null);
}

const keys = new WeakMap<Normaliser, string>();

/** The same for equal chains. */
export function keyOfNormaliser(normaliser: Normaliser): string {
  const key = keys.get(normaliser) ?? JSON.stringify(normaliser);
  keys.set(normaliser, key);
  return key;
}

const capacity = 5000;
const distinct = new Map<string, Normaliser>();

/** One object for all chains that are equal: what is kept for it need not be worked out for each. */
export function oneOf(normaliser: Normaliser): Normaliser {
  return once(distinct, keyOfNormaliser(normaliser), () => normaliser, capacity);
}

/** What the acts make of a text; undefined where they cannot. */
export function createNormalising(normaliser: Normaliser): (raw: string) => string | undefined {
  const acts = actsOf(normaliser);
  if (acts.length === 0) return (raw) => raw;
  const known = new Map<string, string | null>();
  return (raw) => {
    const old = known.get(raw);
    if (old !== undefined) return old ?? undefined;
    const { value } = perform(acts, { value: raw, names: new Map() });
    const made = value === undefined ? undefined : textOfValue(value);
    known.set(raw, made ?? null);
    return made;
  };
}

/** The shortest chains that turn `raw` into `expected`, at most four, and those one act longer than the shortest. */
export function normalisersBetween(raw: string, expected: string): Normaliser[] {
  if (raw === expected) return [plain];
  const fitting = chainsOver(raw, expected).filter((each) => createNormalising(each)(raw) === expected);
  const least = Math.min(...fitting.map(lengthOf));
  return fitting
    .filter((each) => lengthOf(each) <= least + 1)
    .toSorted((left, right) => lengthOf(left) - lengthOf(right))
    .slice(0, shown);
}

/** Every chain whose acts could have a use between the two. */
function chainsOver(raw: string, expected: string): Normaliser[] {
  const wanted = marksIn(expected).slice(0, 2);
  let chains = [plain];
  const branch = (...changes: ((chain: Normaliser) => Normaliser)[]): void => {
    chains = chains.flatMap((chain) => [chain, ...changes.map((change) => change(chain))]);
  };
  for (const mark of marksIn(raw).slice(0, 3)) {
    branch(
      (chain) => ({ ...chain, removed: [...chain.removed, mark] }),
      ...wanted
        .filter((to) => to !== mark)
        .map((to) => (chain: Normaliser) => ({ ...chain, replaced: [...chain.replaced, [mark, to] as const] })),
    );
  }
  if (/\s/.test(raw)) branch((chain) => ({ ...chain, spaces: true }));
  if (raw !== raw.toLowerCase()) branch((chain) => ({ ...chain, lower: true }));
  if (/^[\p{P}\s]|[\p{P}\s]$/u.test(raw)) branch((chain) => ({ ...chain, outer: true }));
  const decimals = /^[+-]?\d+(?:\.(\d+))?$/.exec(expected);
  if (decimals !== null) branch((chain) => ({ ...chain, decimals: decimals[1]?.length ?? 0 }));
  return chains.filter((chain) => lengthOf(chain) <= longest);
}

function marksIn(text: string): string[] {
  return [...new Set(text.match(/[^\p{L}\p{N}\s]/gu))].toSorted();
}

/** The chain whose acts these are; undefined where there is none. */
export function normaliserOf(acts: readonly Act[]): Normaliser | undefined {
  let chain = plain;
  for (const act of acts) {
    if (act.kind === "remove-outer-punctuation") chain = { ...chain, outer: true };
    else if (act.kind === "remove-spaces") chain = { ...chain, spaces: true };
    else if (act.kind === "remove") chain = { ...chain, removed: textsIn(act.items) };
    else if (act.kind === "replace") {
      const pairs = textsIn(act.items).map((from) => [from, act.text] as const);
      chain = { ...chain, replaced: [...chain.replaced, ...pairs] };
    } else if (act.kind === "lower-case") chain = { ...chain, lower: true };
    else if (act.kind === "format") chain = { ...chain, decimals: act.decimals };
  }
  return JSON.stringify(actsOf(chain)) === JSON.stringify(acts) ? chain : undefined;
}

function textsIn(items: readonly Item[]): string[] {
  return items.flatMap((item) => (item.kind === "text" ? item.text : []));
}

const pairs = new WeakMap<Normaliser, WeakMap<Normaliser, { both: Normaliser | undefined }>>();

/** Both chains in one; undefined where they treat one character in two ways, or together are too long. */
export function joined(left: Normaliser, right: Normaliser): Normaliser | undefined {
  const withLeft = pairs.get(left) ?? new WeakMap<Normaliser, { both: Normaliser | undefined }>();
  pairs.set(left, withLeft);
  const pair = withLeft.get(right) ?? { both: join(left, right) };
  withLeft.set(right, pair);
  return pair.both;
}

function join(left: Normaliser, right: Normaliser): Normaliser | undefined {
  const removed = [...new Set([...left.removed, ...right.removed])].toSorted();
  const replaced = new Map([...left.replaced, ...right.replaced]);
  const conflict =
    left.replaced.some(([from, to]) => replaced.get(from) !== to) ||
    removed.some((mark) => replaced.has(mark)) ||
    (left.decimals ?? right.decimals) !== (right.decimals ?? left.decimals);
  const both = {
    outer: left.outer || right.outer,
    spaces: left.spaces || right.spaces,
    removed,
    replaced: [...replaced].toSorted(([one], [other]) => (one < other ? -1 : 1)),
    lower: left.lower || right.lower,
    decimals: left.decimals ?? right.decimals,
  };
  return conflict || lengthOf(both) > longest ? undefined : oneOf(both);
}
