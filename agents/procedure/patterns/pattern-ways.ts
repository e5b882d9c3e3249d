import { childrenOf, type Node } from "./pattern-tree.ts";

/** A repeat without an end counts as so many, and takes no more where it shares its characters with others. */
export const longestShared = 100;

/** A repeat or choice in a list of parts, with the parts before it there and all that follows it. */
interface Spot {
  readonly node: Node;
  readonly before: readonly Node[];
  readonly rest: readonly Node[];
}

/**
 * In how many ways a matcher that fails could have gone from one place of a text: the largest product over a chain of
 * repeats and choices each of which can take characters of the one before, through all that is between them.
 */
export function mostWaysOf(tree: Node): number {
  const known = new Map<Node, number>();
  const waysFrom = ({ node, rest }: Spot): number => {
    const cached = known.get(node);
    if (cached !== undefined) return cached;
    const taken = takenBy(node);
    const inside = node.kind === "choice" ? node.branches.flatMap((branch) => spotsIn([branch], rest)) : [];
    const next = [...inside, ...spotsIn(rest, [])]
      .filter((spot) => isOpen(spot.before, taken & takenBy(spot.node)))
      .map(waysFrom);
    const ways = spanOf(node) * Math.max(1, ...next);
    known.set(node, ways);
    return ways;
  };
  return Math.max(1, ...spotsIn([tree], []).map(waysFrom));
}

function spotsIn(parts: readonly Node[], after: readonly Node[]): Spot[] {
  return parts.flatMap((part, place) =>
    spotsOf({ node: part, before: parts.slice(0, place), rest: [...parts.slice(place + 1), ...after] }),
  );
}

function spotsOf({ node, before, rest }: Spot): Spot[] {
  const own = spanOf(node) > 1 ? [{ node, before, rest }] : [];
  if (node.kind === "look") return own;
  const lists = node.kind === "sequence" ? [node.parts] : childrenOf(node).map((child) => [child]);
  const inner = lists.flatMap((parts) => spotsIn(parts, rest));
  return [...own, ...inner.map((spot) => ({ ...spot, before: [...before, ...spot.before] }))];
}

function spanOf(node: Node): number {
  if (node.kind === "choice") return node.branches.length;
  if (node.kind !== "repeat") return 1;
  return node.most === Infinity ? longestShared : node.most - node.least + 1;
}

/** Every character a part can take. */
function takenBy(node: Node): bigint {
  if (node.kind === "place") return node.probes;
  if (node.kind === "look") return 0n;
  return childrenOf(node).reduce((taken, child) => taken | takenBy(child), 0n);
}

/** Whether parts, one after the other, can be gone through on some characters alone. */
function isOpen(parts: readonly Node[], characters: bigint): boolean {
  if (characters === 0n) return false;
  return parts.every((part): boolean => {
    if (part.kind === "place") return (part.probes & characters) !== 0n;
    if (part.kind === "choice") return part.branches.some((branch) => isOpen([branch], characters));
    if (part.kind === "repeat") return part.least === 0 || isOpen([part.body], characters);
    return part.kind !== "sequence" || isOpen(part.parts, characters);
  });
}
