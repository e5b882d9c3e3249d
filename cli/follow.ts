import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pc from "picocolors";
import { writeProgram } from "../readers/skill.ts";
import type { RunResult } from "../runs/result.ts";
import type { Run } from "../runs/run.ts";
import { show } from "../runs/show.ts";
import { defaultStore } from "../runs/store.ts";
import type { Settings } from "../state/settings.ts";
import type { RecordStore } from "../stores/record-store.ts";
import { exitCodes } from "./failure.ts";
import { createProgress } from "./progress.ts";
import { printResult } from "./print.ts";

export interface FollowOptions {
  settings: Pick<Settings, "generations" | "budgetRollouts">;
  store: string;
  /** The open store behind that URL. */
  from: RecordStore;
  out?: string | undefined;
  json?: boolean | undefined;
}

/** Watches a run to its end: progress on stderr, the best skill into the out folder, the result on stdout. */
export async function follow(run: Run, { settings, store, from, out, json }: FollowOptions): Promise<number> {
  const stopListening = pauseOnSignals(run);
  const tell = createProgress(settings);
  for await (const event of run.events()) tell(event);
  const result = await run.result().finally(stopListening);
  const folder = out ?? join(".skillgraph", "out", run.name);
  const files = await writeBest(run.name, { from, folder });
  printResult(result, { json: json === true, files });
  if (result.status !== "paused") return exitCodes.finished;
  process.stderr.write(
    `Continue with: ${pc.bold(`skillgraph resume ${run.name}${store === defaultStore ? "" : ` --store ${store}`}`)}\n`,
  );
  return exitCodes.paused;
}

/** The best program so far, what changed in it, and the result. */
async function writeBest(run: string, { from, folder }: { from: RecordStore; folder: string }): Promise<string[]> {
  const { best, diff, result } = await show(run, { store: from });
  const files = await writeProgram(best, folder);
  await writeFile(join(folder, "changes.diff"), diff);
  await writeFile(join(folder, "result.json"), `${JSON.stringify(result satisfies RunResult, null, 2)}\n`);
  return files.map((file) => join(folder, file));
}

/** The first Ctrl-C pauses, the second exits at once. */
function pauseOnSignals(run: Run): () => void {
  let asked = false;
  const onSignal = () => {
    if (asked) {
      process.stderr.write(`\nStopped at once; up to ${run.inFlight()} calls in flight may be paid again.\n`);
      process.exit(exitCodes.paused);
    }
    asked = true;
    process.stderr.write("\nPausing: waiting for the calls in flight. Press Ctrl-C again to stop at once.\n");
    run.pause();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return () => process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
}
