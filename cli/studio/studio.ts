import { randomBytes } from "node:crypto";
import { readPairs } from "../../readers/pairs.ts";
import { readTasks } from "../../readers/tasks.ts";
import { listRuns } from "../../runs/reading/list.ts";
import { SettingsError } from "../../state/errors.ts";
import { counted } from "../../runs/words.ts";
import { stderrColors as pc } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/failure.ts";
import { refuseMaterial, type MaterialFlags } from "../parts/material.ts";
import { namesIn, partsNamed, settingsIn, type PartChoices } from "../parts/parts.ts";
import { readRubric } from "../parts/rubric.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { openStoreFor } from "../parts/store.ts";
import { openLocalServer } from "./local-server.ts";
import { keyHeader } from "./studio-key.ts";
import type { StudioPlace } from "./studio-place.ts";
import { startStudioServer } from "./studio-server.ts";
import { print, printJson, tell } from "../terminal/door.ts";

/** Studio is a page of this site. */
const studioOrigin = "https://smith.langchain.com";

export interface StudioFlags extends PartChoices, MergedFlags, MaterialFlags {
  /** The file of the rubric. */
  rubric?: string;
  tasks?: string;
  skill?: string;
  /** The file of pairs. */
  pairs?: string;
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
  settingsIn(place.settings, flags.own);
  if (place.tasks !== undefined) await Promise.all([readTasks(place.tasks), partsNamed(choicesOf(flags))]);
  if (place.pairs !== undefined) await readPairs(place.pairs);
  const { store, close } = await openStoreFor(flags.store, { create: place.tasks !== undefined });
  const runs = await listRuns({ store }).finally(close);
  const door = await openLocalServer({ port: flags.port, origins: [studioOrigin], key: [keyHeader, place.key] });
  tell("Starting LangGraph's dev server ...\n");
  const stopping = stopSignal();
  const newest = runs.at(-1)?.thread;
  const started = { url: `http://127.0.0.1:${door.behind}`, newest, place, isVerbose: flags.verbose === true };
  const server = await startStudioServer({ ...started, signal: stopping.signal }).catch(async (error: unknown) => {
    await door.close();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    await door.close();
  };
  if (stopping.signal.aborted) {
    await stop();
    return exitCodes.finished;
  }
  tellServed(flags, { url: door.url, runs: runs.length });
  tell("Press Ctrl-C to stop it; active runs are paused.\n");
  await Promise.race([stopping.asked, server.ended]);
  if (!stopping.signal.aborted) tell(`The server stopped unexpectedly.\n${server.log()}\n`);
  await stop();
  return stopping.signal.aborted ? exitCodes.finished : exitCodes.failure;
}

/** The address of a page is seen by who serves it, so that the token is theirs to use too as long as the page is open. */
function tellServed({ store, json }: StudioFlags, { url, runs }: { url: string; runs: number }): void {
  const studio = `${studioOrigin}/studio/?baseUrl=${url}`;
  const told = `${counted(runs, "run")} of ${store} ${runs === 1 ? "is a thread" : "are threads"} there.`;
  if (json === true) printJson({ url, studio, runs });
  else print(`${told}\n  server  ${pc.bold(url)}\n  studio  ${studio}\n`);
  tell(
    "Anyone with one of these addresses can start runs that cost money: they contain a token, which is new at each start. " +
      "Opening the second one passes the token to smith.langchain.com, the only site whose pages can use the server.\n",
  );
}

function choicesOf({ agent, analyst, verifier, rubric }: StudioFlags): PartChoices {
  return { agent, analyst, verifier, ...readRubric(rubric) };
}

function placeOf(flags: StudioFlags): StudioPlace {
  const { store, concurrency, tasks, skill, pairs, set, configFile, creator, cases, documents, tools } = flags;
  if (skill !== undefined) refuseMaterial(flags);
  if (store === "memory:") {
    const text = "The server is a separate process, so it cannot use a store in the memory of this one.";
    throw new SettingsError("store", `${text} Use file:PATH or redis://HOST:PORT.`);
  }
  const parts = namesIn(choicesOf(flags));
  return {
    store,
    concurrency,
    tasks,
    skill,
    pairs,
    material: { creator, cases, documents, tools },
    settings: set,
    parts,
    config: configFile,
    key: randomBytes(24).toString("base64url"),
  };
}

/** The first Ctrl-C asks to stop, the second ends this process at once. */
function stopSignal(): { signal: AbortSignal; asked: Promise<void> } {
  const controller = new AbortController();
  const asked = new Promise<void>((resolve) => {
    const stop = () => {
      if (controller.signal.aborted) process.exit(exitCodes.failure);
      tell("\nStopping: waiting for calls in flight. Press Ctrl-C again to stop immediately.\n");
      controller.abort();
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });
  return { signal: controller.signal, asked };
}
