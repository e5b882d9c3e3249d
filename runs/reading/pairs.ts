import { decidedIn, worstKind } from "../../policies/composition/decided.ts";
import { editKinds } from "../../policies/composition/edit-kinds.ts";
import { Kind } from "../../policies/composition/mining.ts";
import { EditList, operatorsOf, type Edit } from "../../state/program.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { blotJson, createBlotter } from "../../stores/secrets.ts";
import { lineage } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";

/** Edits of a candidate and what they came to, in the form that another run takes as a pair. */
export interface PairLine {
  about: string;
  defect: Kind["defect"];
  worked: boolean;
  /** Mean score after minus before, in -1..1; null where it was not measured. */
  gain: number | null;
  operators: string[];
  edits: Edit[];
}

/** The pairs of a run of any recipe, generation by generation. Known secrets are taken out. Merges, and candidates of generations without a deficiency, are left out. */
export async function* readRunPairs(
  name: string,
  { store: where }: { store?: string | RecordStore } = {},
): AsyncGenerator<PairLine> {
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const payload = createPayload({ store, family: record.family });
    const blot = createBlotter();
    for (const entry of await lineage(runs, record)) {
      for (const { candidate, worked, gain } of decidedIn(entry)) {
        const { origin } = candidate;
        const about = Kind.safeParse(origin.features["about"]).data ?? worstKind(entry);
        const edits = await payload.json(candidate.edits, EditList);
        if (about === undefined || edits.length === 0) continue;
        const operators = Array.isArray(origin.features["operators"]) ? operatorsOf(origin) : editKinds(edits);
        yield blotJson({ about: about.category, defect: about.defect, worked, gain, operators, edits }, blot);
      }
    }
  } finally {
    await close();
  }
}
