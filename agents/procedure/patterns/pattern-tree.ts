/** A pattern as far as its cost depends on it: `probes` are the characters a place can take, one bit each. */
export type Node =
  | { readonly kind: "place"; readonly probes: bigint }
  | { readonly kind: "edge" }
  | { readonly kind: "look"; readonly body: Node }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly branches: readonly Node[] }
  | Repeat;

/** `start` to `end` is its quantifier in the source; `most` may be Infinity. */
export interface Repeat {
  readonly kind: "repeat";
  readonly body: Node;
  readonly least: number;
  readonly most: number;
  readonly start: number;
  readonly end: number;
}

export function childrenOf(node: Node): readonly Node[] {
  if (node.kind === "sequence") return node.parts;
  if (node.kind === "choice") return node.branches;
  return node.kind === "repeat" || node.kind === "look" ? [node.body] : [];
}

type Refuse = (problem: string) => Error;

const probes = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), ..."é£€ßЯ中ا🎉ñ–’"];
const everything = (1n << BigInt(probes.length)) - 1n;
const known = new Map<string, bigint>();

const opening = /\((?:\?(?::|=|!|<=|<!|<)?)?/y;
const quantifier = /(?:[*+?]|\{(\d+)(,(\d*))?\})\??/y;
const atom =
  /\\(?:u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/uy;

/**
 * Reads a pattern that is known to be a regular expression. Throws what `refuse` makes of parts that have no place
 * here.
 */
export function parsePatternTree(source: string, refuse: Refuse): Node {
  let at = 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const match = expression.exec(source);
    if (match !== null) at += match[0].length;
    return match;
  };
  const parseChoice = (): Node => {
    const branches = [parseSequence()];
    while (source[at] === "|") {
      at += 1;
      branches.push(parseSequence());
    }
    return branches.length === 1 ? (branches[0] as Node) : { kind: "choice", branches };
  };
  const parseSequence = (): Node => {
    const parts: Node[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") parts.push(parseRepeat(parseAtom()));
    return { kind: "sequence", parts };
  };
  const parseAtom = (): Node => {
    const group = take(opening)?.[0];
    if (group === undefined) return placeOf((take(atom) as RegExpExecArray)[0], refuse);
    if (group.startsWith("(?<"))
      throw refuse("has a look-behind or a named group; use a plain group instead: /to (\\w+)/");
    const body = parseChoice();
    at += 1;
    return group === "(?=" || group === "(?!" ? { kind: "look", body } : body;
  };
  const parseRepeat = (body: Node): Node => {
    const start = at;
    const match = take(quantifier);
    if (match === null) return body;
    return { kind: "repeat", body, ...boundsOf(match), start, end: at };
  };
  return parseChoice();
}

function boundsOf([sign, least, comma, most]: RegExpExecArray): { least: number; most: number } {
  if (least === undefined) {
    const [first] = sign as string;
    return { least: first === "+" ? 1 : 0, most: first === "?" ? 1 : Infinity };
  }
  if (comma === undefined) return { least: Number(least), most: Number(least) };
  return { least: Number(least), most: most ? Number(most) : Infinity };
}

function placeOf(source: string, refuse: Refuse): Node {
  if (/^\\(?:[1-9]|k)/.test(source)) throw refuse("has a back-reference; write out what it stands for");
  if (source === "^" || source === "$" || source === "\\b" || source === "\\B") return { kind: "edge" };
  return { kind: "place", probes: probesOf(source) };
}

function probesOf(source: string): bigint {
  if (source === ".") return everything;
  const cached = known.get(source);
  if (cached !== undefined) return cached;
  const expression = new RegExp(source, "u");
  let bits = 0n;
  for (const [place, probe] of probes.entries()) if (expression.test(probe)) bits |= 1n << BigInt(place);
  // A character that is no probe could be shared with anything.
  if (bits === 0n) bits = everything;
  if (known.size < 1000) known.set(source, bits);
  return bits;
}
