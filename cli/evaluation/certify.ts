import { certify } from "../../runs/certifying/certify.ts";
import { runRecordOf } from "../../runs/run-lookup.ts";
import { openRuns } from "../../runs/session.ts";
import type { ExecutorName } from "../../runs/store.ts";
import { certificateText } from "../../runs/words.ts";
import { partsOfRun } from "../parts/parts.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { openStoreFor } from "../parts/store.ts";
import { print, printJson, tell } from "../terminal/door.ts";
import { exitCodes } from "../terminal/failure.ts";

export interface CertifyFlags extends MergedFlags {
  planned?: number | null;
  alpha?: number;
  repeats: number;
  takeOver?: boolean;
  concurrency: number;
  executor: ExecutorName;
  store: string;
  json?: boolean;
}

/** 4 where the gain was not shown. */
export async function certifyCommand(name: string, flags: CertifyFlags): Promise<number> {
  const { planned, alpha, repeats, takeOver, concurrency, executor } = flags;
  const { store, close } = await openStoreFor(flags.store, { create: false });
  try {
    const record = await runRecordOf(openRuns(store), name);
    const certificate = await certify(name, {
      ...(await partsOfRun(record, flags.own)),
      ...(planned === undefined ? {} : { planned }),
      ...(alpha === undefined ? {} : { alpha }),
      ...(takeOver === undefined ? {} : { takeOver }),
      repeats,
      concurrency,
      executor,
      store,
      onProgress: tenths((done, all) => tell(`${done} of ${all} rollouts on sealed tasks\n`)),
    });
    if (flags.json === true) printJson(certificate);
    else print(`${certificateText(certificate)}\n`);
    return certificate.finding?.outcome === "certified" ? exitCodes.finished : exitCodes.short;
  } finally {
    await close();
  }
}

/** Ten lines at most. */
function tenths(show: (done: number, all: number) => void): (done: number, all: number) => void {
  let shown = 0;
  return (done, all) => {
    const tenth = Math.floor((10 * done) / all);
    if (tenth > shown) show(done, all);
    shown = Math.max(shown, tenth);
  };
}
