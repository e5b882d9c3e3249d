import { runRecordOf } from "../runs/run-lookup.ts";
import { resume } from "../runs/resume.ts";
import { stateOf } from "../runs/result.ts";
import { openRuns } from "../runs/session.ts";
import { openStoreFor } from "./store.ts";
import { follow, limitsIn, type LimitFlags } from "./follow.ts";
import { createNotes } from "./notes.ts";
import { outFolder, prepareOut } from "./out.ts";
import { partsOfRun } from "./parts.ts";
import type { MergedFlags } from "./sources.ts";

export interface ResumeFlags extends LimitFlags, MergedFlags {
  concurrency: number;
  takeOver?: boolean;
  out?: string;
  store: string;
  json?: boolean;
  quiet?: boolean;
}

export async function resumeCommand(name: string, flags: ResumeFlags): Promise<number> {
  const { concurrency, takeOver = false } = flags;
  const { store, close } = await openStoreFor(flags.store, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const { settings } = record.input;
    prepareOut(outFolder(record.name, flags.out), undefined);
    const run = await resume(name, {
      ...(await partsOfRun(record, flags.own)),
      store,
      concurrency,
      takeOver,
      limits: limitsIn(flags),
      ...(flags.sources === undefined ? {} : { sources: flags.sources }),
    });
    const generations = (await stateOf(runs, record.thread))?.record?.generation ?? 0;
    createNotes(flags)(`run ${record.name}: going on after generation ${generations}`);
    return await follow(run, { ...flags, settings, from: store });
  } finally {
    await close();
  }
}
