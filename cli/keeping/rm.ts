import { removeRun } from "../../runs/keeping/remove.ts";
import { confirm } from "../terminal/confirm.ts";
import { exitCodes } from "../terminal/failure.ts";
import { sizeText } from "../../runs/words.ts";
import { openStoreFor } from "../parts/store.ts";

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
    confirm: (runs) => confirm(`Remove ${runs.join(", ")} for good, with what was paid for?`, { yes }),
  }).finally(close);
  const { runs, bytes, left } = removal;
  if (json === true) process.stdout.write(`${JSON.stringify(removal)}\n`);
  else if (runs.length === 0) process.stderr.write("Nothing was removed.\n");
  else process.stdout.write(`${runs.join(", ")} removed: ${sizeText(bytes)} free for other runs\n`);
  if (left !== null) process.stderr.write(`What only they needed is kept until skillgraph gc: ${left}\n`);
  return runs.length === 0 ? exitCodes.failure : exitCodes.finished;
}
