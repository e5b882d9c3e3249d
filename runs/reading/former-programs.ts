import type { SkillFolder } from "../../skills/folder.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { lineage } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import { openRuns } from "../session.ts";

/** The programs that a run returned at some time, each once: the one it started from, and its heads. */
export async function formerPrograms(run: string, { store }: { store: RecordStore }): Promise<SkillFolder[][]> {
  const runs = openRuns(store);
  const record = await runRecordOf(runs, run);
  const heads = (await lineage(runs, record)).map(({ head }) => head);
  const payload = createPayload({ store, family: record.family });
  return Promise.all([...new Set([record.input.start, ...heads])].map((program) => payload.program(program)));
}
