import { show } from "../runs/show.ts";
import { exitCodes } from "./failure.ts";
import { printResult, printTimeline } from "./print.ts";
import { openStoreFor } from "./store.ts";

export interface ShowFlags {
  store: string;
  json?: boolean;
  diff: boolean;
}

export async function showCommand(name: string, { store: url, json, diff }: ShowFlags): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const view = await show(name, { store }).finally(close);
  if (json !== true) {
    if (view.owner !== null) process.stdout.write(`process ${view.owner.pid} on ${view.owner.host} is working on it\n`);
    if (view.parent !== null)
      process.stdout.write(`branched from ${view.parent.run} at generation ${view.parent.generation}\n`);
    printTimeline(view.timeline);
    if (diff) process.stdout.write(view.diff === "" ? "The skill is unchanged.\n" : `${view.diff}\n`);
  }
  printResult(view.result, { json: json === true, files: [] });
  return exitCodes.finished;
}
