import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { readTasks } from "../../readers/tasks.ts";
import { listRuns } from "../../runs/reading/list.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings } from "../../state/settings.ts";
import { counted } from "../../runs/words.ts";
import { stderrColors as pc } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/failure.ts";
import { namesIn, partsNamed, type PartChoices } from "../parts/parts.ts";
import { readRubric } from "../parts/rubric.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { openStoreFor } from "../parts/store.ts";
import type { StudioPlace } from "./studio-place.ts";
import { startStudioServer } from "./studio-server.ts";
import { print, printJson, tell } from "../terminal/door.ts";

export interface StudioFlags extends PartChoices, MergedFlags {
  /** The file of the rubric. */
  rubric?: string;
  tasks?: string;
  skill?: string;
  set: Record<string, unknown>;
  store: string;
  port: number;
  concurrency: number;
  json?: boolean;
  verbose?: boolean;
}

/** Serves the store until it is stopped. What a run would be refused for is refused before the server starts. */
export async function studioCommand(flags: StudioFlags): Promise<number> {
  const place = placeOf(flags);
  parseSettings(place.settings);
  if (place.tasks !== undefined) await Promise.all([readTasks(place.tasks), partsNamed(choicesOf(flags))]);
  const { store, close } = await openStoreFor(flags.store, { create: place.tasks !== undefined });
  const runs = await listRuns({ store }).finally(close);
  const url = `http://127.0.0.1:${await freePort(flags.port)}`;
  tell(`Starting LangGraph's dev server at ${url} ...\n`);
  const stopping = stopSignal();
  const newest = runs.at(-1)?.thread;
  const isVerbose = flags.verbose === true;
  const server = await startStudioServer({ url, newest, place, isVerbose, signal: stopping.signal });
  const studio = `https://smith.langchain.com/studio/?baseUrl=${url}`;
  const told = `${counted(runs.length, "run")} of ${flags.store} ${runs.length === 1 ? "is a thread" : "are threads"} there.`;
  if (stopping.signal.aborted) {
    await server.stop();
    return exitCodes.finished;
  }
  if (flags.json === true) printJson({ url, studio, runs: runs.length });
  else print(`${told}\n  server  ${pc.bold(url)}\n  studio  ${studio}\n`);
  tell("Press Ctrl-C to stop it; what is at work is paused.\n");
  await Promise.race([stopping.asked, server.ended]);
  if (!stopping.signal.aborted) tell(`The server ended by itself.\n${server.log()}\n`);
  await server.stop();
  return stopping.signal.aborted ? exitCodes.finished : exitCodes.failure;
}

function choicesOf({ agent, analyst, verifier, rubric }: StudioFlags): PartChoices {
  return { agent, analyst, verifier, ...readRubric(rubric) };
}

function placeOf(flags: StudioFlags): StudioPlace {
  const { store, concurrency, tasks, skill, set, configFile } = flags;
  if (store === "memory:") {
    const text = "The server is a process of its own, so it cannot see a store in the memory of this one.";
    throw new SettingsError("store", `${text} Use file:PATH or redis://HOST:PORT.`);
  }
  const parts = namesIn(choicesOf(flags));
  return { store, concurrency, tasks, skill, settings: set, parts, config: configFile, isChild: true };
}

async function freePort(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    const text = `Port ${wanted} of 127.0.0.1 cannot be had: ${(cause as Error).message}.`;
    throw new SettingsError("port", `${text} Use another --port, or 0 for a free one.`, { cause });
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The first Ctrl-C asks to stop, the second ends this process at once. */
function stopSignal(): { signal: AbortSignal; asked: Promise<void> } {
  const controller = new AbortController();
  const asked = new Promise<void>((resolve) => {
    const stop = () => {
      if (controller.signal.aborted) process.exit(exitCodes.failure);
      tell("\nStopping: waiting for the calls in flight. Press Ctrl-C again to stop at once.\n");
      controller.abort();
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });
  return { signal: controller.signal, asked };
}
