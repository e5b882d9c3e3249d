import { runRecordOf } from "../runs/run-lookup.ts";
import { resume } from "../runs/resume.ts";
import { stateOf } from "../runs/result.ts";
import { openRuns } from "../runs/session.ts";
import { storeOf } from "../runs/store.ts";
import { follow } from "./follow.ts";
import { partsOfRun } from "./parts.ts";

export interface ResumeFlags {
  concurrency: number;
  out?: string;
  store: string;
  json?: boolean;
}

export async function resumeCommand(name: string, flags: ResumeFlags): Promise<number> {
  const { store, close } = await storeOf(flags.store);
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const settings = (await stateOf(runs, record.thread))?.settings ?? record.input.settings;
    const run = await resume(name, { ...(await partsOfRun(record)), store, concurrency: flags.concurrency });
    return await follow(run, { ...flags, settings, from: store });
  } finally {
    await close();
  }
}
