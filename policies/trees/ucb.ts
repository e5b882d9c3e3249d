import { z } from "zod";
import { StateError } from "../../state/errors.ts";
import { Hash } from "../../state/json.ts";
import { rounded } from "../../state/rounding.ts";

/**
 * A program of a tree. `parent` is its place in the list, null for the root, which is first; `visits` and `total` count the rewards of itself and of all
 * below it; `drafts` counts the attempts to make a child of it.
 */
export const TreeNode = z.strictObject({
  program: Hash,
  parent: z.int().nonnegative().nullable(),
  visits: z.int().nonnegative(),
  total: z.number(),
  drafts: z.int().nonnegative(),
});
export type TreeNode = z.infer<typeof TreeNode>;

/** The nodes of a tree in the order in which they joined it. */
export type Tree = readonly TreeNode[];

const digits = 9;

interface Arm {
  mean: number;
  visits: number;
  parentVisits: number;
  exploration: number;
}

/**
 * UCB(n) = R(n) + C sqrt(ln N_parent / N_n) (MASA, arXiv 2605.30723 [S], C = 1.4), rounded to 9 digits, as logarithms differ in their last bit between engines.
 * Infinity where it was never visited. Throws a StateError for numbers of which there is none.
 */
export function ucb1({ mean, visits, parentVisits, exploration }: Arm): number {
  if (visits === 0) return Infinity;
  const bound = mean + exploration * Math.sqrt(Math.log(parentVisits) / visits);
  if (Number.isFinite(bound) && visits > 0 && exploration >= 0) return rounded(bound, digits);
  throw new StateError(
    `There is no UCB of a mean of ${mean}, ${visits} visits of ${parentVisits} and an exploration of ${exploration}.`,
  );
}

export interface TreeRules {
  /** C, at least 0. */
  exploration: number;
  /** How many children are drafted of a node before the search goes on below it, at least 1. */
  width: number;
  /** Whether a node can be expanded; by default each can. */
  isKept?(program: Hash): boolean;
}

/** The mean reward of a node and of all below it; null where there was none. */
export function meanOf({ visits, total }: Pick<TreeNode, "visits" | "total">): number | null {
  return visits === 0 ? null : rounded(total / visits, digits);
}

/**
 * The place of the node to expand: from the root down, each time to the child with the highest UCB, the first of equal ones, to a node of which fewer than
 * `width` drafts were made. That a draft that came to no child counts, and the width, are ours [R]. Where no node has room, the one with the best mean;
 * undefined where none can be expanded.
 */
export function nodeToExpand(tree: Tree, { exploration, width, isKept = () => true }: TreeRules): number | undefined {
  const hasRoom = ({ program, drafts }: TreeNode) => drafts < width && isKept(program);
  const isOpen = openNodes(tree, hasRoom);
  if (!isOpen.has(0)) {
    const kept = [...tree.keys()].filter((place) => isKept((tree[place] as TreeNode).program));
    return kept.length === 0 ? undefined : bestOf(tree, kept, (node) => meanOf(node) ?? -Infinity);
  }
  for (let at = 0; ;) {
    const node = tree[at] as TreeNode;
    if (hasRoom(node)) return at;
    const { visits: parentVisits } = node;
    const children = [...tree.keys()].filter((place) => tree[place]?.parent === at && isOpen.has(place));
    at = bestOf(tree, children, (child) =>
      ucb1({ mean: meanOf(child) ?? 0, visits: child.visits, parentVisits, exploration }),
    );
  }
}

/** The places of nodes below which, themselves included, there is room. Children come after their parents. */
function openNodes(tree: Tree, hasRoom: (node: TreeNode) => boolean): Set<number> {
  const open = new Set<number>();
  for (let at = tree.length - 1; at >= 0; at -= 1) {
    const node = tree[at] as TreeNode;
    if (hasRoom(node)) open.add(at);
    if (open.has(at) && node.parent !== null) open.add(node.parent);
  }
  return open;
}

/** The first place with the highest value. */
function bestOf(tree: Tree, places: readonly number[], valueOf: (node: TreeNode) => number): number {
  const values = places.map((place) => valueOf(tree[place] as TreeNode));
  return places[values.indexOf(Math.max(...values))] as number;
}

interface Expansion {
  /** The place of the node that was expanded. */
  parent: number;
  /** What came of it; null for nothing. */
  child: Hash | null;
  /** The reward of the child, or of the parent where there is no child; null where it is not known. */
  reward: number | null;
}

/** The tree after a draft: the child joins it, and its reward counts for it and for all above it. Throws a StateError for a reward that is no number. */
export function expanded(tree: Tree, { parent, child, reward }: Expansion): TreeNode[] {
  if (reward !== null && !Number.isFinite(reward))
    throw new StateError(`A reward of ${reward} cannot be counted in a tree.`);
  const nodes = tree.map((node, place) => (place === parent ? { ...node, drafts: node.drafts + 1 } : node));
  if (child !== null) nodes.push({ program: child, parent, visits: 0, total: 0, drafts: 0 });
  return reward === null ? nodes : visited(nodes, child === null ? parent : nodes.length - 1, reward);
}

/** The tree after a reward of a node, which counts for all above it. */
export function visited(tree: Tree, place: number, reward: number): TreeNode[] {
  const path = new Set<number>();
  for (let at: number | null = place; at !== null; at = (tree[at] as TreeNode).parent) path.add(at);
  return tree.map((node, at) =>
    path.has(at) ? { ...node, visits: node.visits + 1, total: rounded(node.total + reward, digits) } : node,
  );
}
