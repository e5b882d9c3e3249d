import { removeRun } from "../../runs/keeping/remove.ts";
import { confirm } from "../terminal/confirm.ts";
import { exitCodes } from "../terminal/failure.ts";
import { sizeText } from "../../runs/words.ts";
import { openStoreFor } from "../parts/store.ts";
import { print, printJson, tell } from "../terminal/door.ts";

export interface RmFlags {
  store: string;
  branches: boolean;
  yes: boolean;
  json?: boolean;
}

/** Removes a run after a yes; 1 where there was none. */
export async function rmCommand(name: string, { store: url, branches, yes, json }: RmFlags): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const removal = await removeRun(name, {
    store,
    branches,
    confirm: (runs) => confirm(`Permanently remove ${runs.join(", ")} and the answers paid for?`, { yes }),
  }).finally(close);
  const { runs, bytes, left } = removal;
  if (json === true) printJson(removal);
  else if (runs.length === 0) tell("Nothing was removed.\n");
  else print(`${runs.join(", ")} removed: ${sizeText(bytes)} freed for other runs\n`);
  if (left !== null) tell(`Data that only they needed stays until skillgraph gc is run: ${left}\n`);
  return runs.length === 0 ? exitCodes.failure : exitCodes.finished;
}
