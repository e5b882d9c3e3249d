import { diffRuns } from "../../runs/reading/diff.ts";
import { exitCodes } from "../terminal/failure.ts";
import { openStoreFor } from "../parts/store.ts";
import { print, printJson, tell } from "../terminal/door.ts";

export interface DiffFlags {
  store: string;
  json?: boolean;
}

/** What differs between two programs of runs, as a unified diff. */
export async function diffCommand(
  from: string,
  to: string | undefined,
  { store: url, json }: DiffFlags,
): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const found = await diffRuns(from, to, { store }).finally(close);
  const side = ({ run, moment }: typeof found.from) => `${run}@${moment}`;
  if (json === true) printJson(found);
  else if (found.diff !== "") print(found.diff);
  else tell(`${side(found.from)} and ${side(found.to)} are identical.\n`);
  return exitCodes.finished;
}
