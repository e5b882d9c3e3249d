import { runRecordOf } from "../runs/run-lookup.ts";
import { resume } from "../runs/resume.ts";
import { stateOf } from "../runs/result.ts";
import { openRuns } from "../runs/session.ts";
import { openStoreFor } from "./store.ts";
import { follow, limitsIn, type LimitFlags } from "./follow.ts";
import { outFolder, prepareOut } from "./out.ts";
import { partsOfRun } from "./parts.ts";

export interface ResumeFlags extends LimitFlags {
  concurrency: number;
  takeOver?: boolean;
  out?: string;
  store: string;
  json?: boolean;
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
      ...(await partsOfRun(record)),
      store,
      concurrency,
      takeOver,
      limits: limitsIn(flags),
    });
    const generations = (await stateOf(runs, record.thread))?.record?.generation ?? 0;
    process.stderr.write(`run ${record.name}: going on after generation ${generations}\n`);
    return await follow(run, { ...flags, settings, from: store });
  } finally {
    await close();
  }
}
