import { show } from "../../runs/reading/show.ts";
import { exitCodes } from "../terminal/failure.ts";
import { printMemories, printOperations, printResult, printTimeline } from "./print.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { openStoreFor } from "../parts/store.ts";
import { print } from "../terminal/door.ts";

export interface ShowFlags extends Pick<MergedFlags, "sources"> {
  store: string;
  json?: boolean;
  diff: boolean;
  operations?: boolean;
  memories?: boolean;
  settings?: boolean;
  skills?: boolean;
}

export async function showCommand(name: string, flags: ShowFlags): Promise<number> {
  if (flags.settings === true) return (await import("./show-settings.ts")).showSettings(name, flags);
  if (flags.skills === true) return (await import("./show-skills.ts")).showSkills(name, flags);
  const { store: url, json, diff } = flags;
  const { store, close } = await openStoreFor(url, { create: false });
  const view = await show(name, { store }).finally(close);
  if (json !== true) {
    if (view.owner !== null) print(`process ${view.owner.pid} on ${view.owner.host} is working on it\n`);
    if (view.parent !== null) print(`branched from ${view.parent.run} at generation ${view.parent.generation}\n`);
    printTimeline(view.timeline);
    if (flags.operations === true) printOperations(view.operations);
    if (flags.memories === true) printMemories(view.memories);
    if (diff) print(view.diff === "" ? "The skill is unchanged.\n" : `${view.diff}\n`);
  }
  printResult(view.result, { json: json === true, files: [] });
  return exitCodes.finished;
}
