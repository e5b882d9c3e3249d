import { editKinds } from "../../policies/composition/edit-kinds.ts";
import type { GivenPair } from "../../policies/composition/given.ts";
import type { Pair } from "../../policies/composition/mining.ts";
import type { Drafting } from "../../policies/drafting.ts";
import { SettingsError } from "../../state/errors.ts";
import { hashJson, type Json } from "../../state/json.ts";
import { EditList } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";

/** What policies begin with where pairs are given: the memories of the drafting policy. Throws a SettingsError for a recipe that mines none. */
export function memoriesFrom(
  pairs: readonly GivenPair[] | undefined,
  { drafting, recipe }: { drafting: Drafting; recipe: string },
): Record<string, Json> | undefined {
  if (pairs === undefined) return undefined;
  if (drafting.mines === undefined)
    throw new SettingsError(
      "pairs",
      `The recipe "${recipe}" mines no pairs. Leave out the pairs, or choose a recipe that does, such as effiskill.`,
    );
  if (pairs.length === 0)
    throw new SettingsError("pairs", "There are no pairs. Give at least one, or leave them out: a run mines its own.");
  return { [drafting.name]: drafting.mines(pairs.map(countedPair)) };
}

function countedPair({ edits, about, worked, gain, operators }: GivenPair): Pair {
  return { operators: operators ?? editKinds(edits), about, worked, gain, edits: hashJson(EditList.parse(edits)) };
}

/** Copies the edits of pairs, and the memories mined from them, into the store. */
export async function storePairs(
  payload: Payload,
  { pairs = [], memories }: { pairs?: readonly GivenPair[] | undefined; memories: Record<string, Json> | undefined },
): Promise<void> {
  for (const { edits } of pairs) await payload.putJson(EditList.parse(edits));
  if (memories !== undefined) await payload.putJson(memories);
}
