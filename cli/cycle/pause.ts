import { pause } from "../../runs/cycle/pause.ts";
import { exitCodes } from "../terminal/failure.ts";
import { printResult } from "../reading/print.ts";
import { openStoreFor } from "../parts/store.ts";
import { tell } from "../terminal/door.ts";

export interface PauseFlags {
  store: string;
  json?: boolean;
}

/** Pauses a run that another process works on, and waits until it has. */
export async function pauseCommand(name: string, { store: url, json }: PauseFlags): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const onAsked = ({ pid, host }: { pid: number; host: string }) =>
    tell(`Asked process ${pid} on ${host} to pause; waiting for its calls in flight.\n`);
  const result = await pause(name, { store, onAsked }).finally(close);
  printResult(result, { json: json === true, files: [] });
  return exitCodes.finished;
}
