import { z } from "zod";
import { memberOf } from "../../state/archive.ts";
import type { Learned, MemoryTable } from "../policy.ts";
import type { Selection } from "../selection.ts";
import { expanded, meanOf, nodeToExpand, TreeNode, visited, type TreeRules } from "./ucb.ts";
import { isTreePhase } from "./task-types.ts";

/** The tree of a phase; phase 0 and no node before the first. */
const Memory = z.strictObject({ phase: z.int().nonnegative(), nodes: z.array(TreeNode) });
type Memory = z.infer<typeof Memory>;

/** The most generations of a phase, so that a tree fits an archive beside its root and the head. */
export const longestSearch = 60;

/**
 * The head in the first phase; in the phase of a type the node that UCB1 chooses from its tree, which begins with the program of `episode.from` (MASA, arXiv
 * 2605.30723 [S]). The root begins with the reward of its first batch; each child has that of its own rollouts on the tasks that its parent was run on.
 * Nodes that the archive does not keep, as in a branch whose archive began with the head, are not expanded.
 */
export function treeSelection(rules: Pick<TreeRules, "exploration" | "width">): Selection {
  const { exploration, width } = rules;
  return {
    name: `selection.tree ${exploration} width ${width}`,
    version: 1,
    memory: {
      schema: Memory,
      start: { phase: 0, nodes: [] },
      maxBytes: 16_000,
      learn: (memory, record) => learned(Memory.parse(memory), record),
    },
    decide({ archive, episode = null }, memory) {
      if (!isTreePhase(episode)) return { parents: [archive.head], ancestor: null };
      const isKept = (program: string) => memberOf(archive.members, program) !== undefined;
      const { phase, nodes } = Memory.parse(memory);
      const place = phase === episode?.number ? nodeToExpand(nodes, { ...rules, isKept }) : undefined;
      const root = episode?.from ?? archive.head;
      const parent = place === undefined ? (isKept(root) ? root : archive.head) : (nodes[place] as TreeNode).program;
      return { parents: [parent], ancestor: null };
    },
    describe: (memory) => tableOf(Memory.parse(memory)),
  };
}

function learned(known: Memory, { episode, parents, candidate, verdict }: Learned): Memory {
  if (episode === null || !isTreePhase(episode)) return known;
  const [program] = parents as [string];
  const { number: phase, revision, score } = episode;
  // A tree of which the archive kept no node begins anew.
  const isNew = known.phase !== phase || known.nodes.every((node) => node.program !== program);
  const root = { program, parent: null, visits: 0, total: 0, drafts: 0 };
  // Of the first generation the reward of the root is known whatever came of its draft.
  const first = revision === null ? score : revision.before;
  const nodes = !isNew ? known.nodes : first === null ? [root] : visited([root], 0, first);
  const parent = nodes.findIndex((node) => node.program === program);
  const child = candidate !== null && verdict.accepted ? candidate.program : null;
  const isKnown = child !== null && nodes.some((node) => node.program === child);
  const reward = child === null ? (isNew ? null : score) : (revision?.after ?? null);
  return { phase, nodes: expanded(nodes, { parent, child: isKnown ? null : child, reward: isKnown ? null : reward }) };
}

const shown = 8;

function tableOf({ phase, nodes }: Memory): MemoryTable {
  return {
    title: phase === 0 ? "Tree of a type of task: none yet" : `Tree of task type ${phase - 1}`,
    columns: ["program", "made from", "visits", "mean reward", "drafts"],
    texts: 2,
    rows: nodes.map((node) => [
      node.program.slice(0, shown),
      node.parent === null ? "" : (nodes[node.parent]?.program.slice(0, shown) ?? ""),
      node.visits,
      meanOf(node)?.toFixed(3) ?? "",
      node.drafts,
    ]),
  };
}
