import { collectGarbage, type Collection, type FamilyUse } from "../../runs/keeping/collect.ts";
import { exitCodes } from "../terminal/failure.ts";
import { sizeText } from "../../runs/words.ts";
import { table } from "../terminal/table.ts";
import { openStoreFor } from "../parts/store.ts";
import { print, tell } from "../terminal/door.ts";

export interface GcFlags {
  store: string;
  dryRun: boolean;
  json?: boolean;
}

export async function gcCommand({ store: url, dryRun, json }: GcFlags): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const collection = await collectGarbage({ store, isTrial: dryRun }).finally(close);
  print(json === true ? `${JSON.stringify(collection)}\n` : describe(collection, dryRun));
  for (const { runs, skipped } of collection.families) {
    if (skipped !== null) tell(`${runs[0]} was skipped: ${skipped}\n`);
  }
  return exitCodes.finished;
}

function describe({ families, evaluations, file }: Collection, isTrial: boolean): string {
  const rows = [
    ["family", "runs", "data", isTrial ? "not needed" : "dropped", "blobs", "answers"],
    ...families.map(rowOf),
    ["(evaluations)", "-", sizeText(evaluations), "kept", "-", "-"],
  ];
  const disk =
    file === null ? "" : `Size of the file on disk: ${sizeText(file.before)} before, ${sizeText(file.after)} after.\n`;
  return `${table(rows, { left: 1 })}${disk}`;
}

function rowOf({ runs, bytes, leftovers }: FamilyUse): string[] {
  const [root = "", ...branches] = runs;
  const found =
    leftovers === null
      ? ["-", "-", "-"]
      : [sizeText(leftovers.bytes), String(leftovers.blobs), String(leftovers.answers)];
  return [root, String(branches.length + 1), sizeText(bytes), ...found];
}
