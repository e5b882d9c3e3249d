import type { ArchiveView } from "../state/archive.ts";
import type { Draw } from "../state/draw.ts";
import type { Episode } from "../state/evidence.ts";
import type { Hash, Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import type { Policy } from "./policy.ts";

/** What the next edit starts from: one program, or two that are merged relative to their nearest common ancestor. */
export interface Parents {
  parents: [Hash] | [Hash, Hash];
  ancestor: Hash | null;
}

/** Chooses the members of the archive that the next candidates are made from. */
export interface Selection extends Policy {
  /** `episode` is null where the recipe has none. */
  decide(
    of: { archive: ArchiveView; generation: number; settings: Settings; episode?: Episode | null },
    memory: Json,
    draw: Draw,
  ): Parents;
}

/** Always the head. */
export const headSelection: Selection = {
  name: "selection.head",
  version: 2,
  decide: ({ archive }) => ({ parents: [archive.head], ancestor: null }),
};
