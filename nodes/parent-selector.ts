import { recall } from "../policies/policy.ts";
import type { Selection } from "../policies/selection.ts";
import { createDraw } from "../state/draw.ts";
import type { RunNode } from "./node.ts";

/** Chooses the program this generation studies and edits. */
export function createParentSelector({ selection }: { selection: Selection }): RunNode {
  return function parentSelector({ head, best, settings, generation, memories }) {
    const draw = createDraw(settings.seed, generation, "parent");
    return { parent: selection.decide({ head, best: best.program }, recall(selection, memories), draw) };
  };
}
