import { recall } from "../policies/policy.ts";
import type { Selection } from "../policies/selection.ts";
import { createDraw } from "../state/draw.ts";
import { memoriesOf } from "../stores/payload/opened.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RunNode } from "./node.ts";
import { openArchive } from "./trial/columns.ts";

/** Chooses the program this generation studies and edits, or two to merge. */
export function createParentSelector(needs: { selection: Selection; payload: Pick<Payload, "json"> }): RunNode {
  const { selection, payload } = needs;
  return async function parentSelector(state) {
    const { settings, generation, episode } = state;
    const archive = await openArchive(state, payload);
    const draw = createDraw(settings.seed, generation, "parent");
    const { parents, ancestor } = selection.decide(
      { archive, generation, settings, episode },
      recall(selection, await memoriesOf(state, payload)),
      draw,
    );
    return { parents, ancestor };
  };
}
