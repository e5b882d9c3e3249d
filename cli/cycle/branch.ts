import type { RunForecast } from "../../runs/forecast.ts";
import { forecastOf } from "../../runs/forecast-rest.ts";
import { branch } from "../../runs/cycle/branch.ts";
import { runRecordOf } from "../../runs/run-lookup.ts";
import { openRuns } from "../../runs/session.ts";
import { openStoreFor } from "../parts/store.ts";
import { exitCodes } from "../terminal/failure.ts";
import { tellForecast } from "../forecast.ts";
import { limitsIn, resumeCommand as resumeWords } from "./follow.ts";
import { createNotes } from "../terminal/notes.ts";
import { ownRecipe, partsOfRun } from "../parts/parts.ts";
import { resumeCommand, type ResumeFlags } from "./resume.ts";
import { showCommand } from "../reading/show.ts";

export interface BranchFlags extends ResumeFlags {
  at: number;
  run?: string;
  start: boolean;
  set: Record<string, unknown>;
  recipe?: string;
  asPublished?: boolean;
}

export async function branchCommand(from: string, flags: BranchFlags): Promise<number> {
  const name = flags.run ?? `${from}-at-${flags.at}`;
  const { store, close } = await openStoreFor(flags.store, { create: false });
  let forecast: RunForecast;
  try {
    const parts = await partsOfRun(await runRecordOf(openRuns(store), from), flags.own);
    const { recipe, asPublished } = flags;
    const named = {
      ...(recipe === undefined ? {} : { recipe }),
      ...(asPublished === undefined ? {} : { asPublished }),
    };
    const changes = { settings: { ...flags.set, ...named }, sources: flags.sources ?? {} };
    await branch(from, { ...parts, ...changes, at: flags.at, as: name, store });
    forecast = await forecastOf(name, { store, limits: limitsIn(flags), ...ownRecipe(flags.own) });
  } finally {
    await close();
  }
  const note = createNotes(flags);
  note(`run ${name}: branched from ${from} at generation ${flags.at}`);
  if (flags.start) return resumeCommand(name, flags);
  tellForecast(forecast, note);
  await showCommand(name, { ...flags, diff: false });
  note(`Continue with: ${resumeWords(name, flags)}`);
  return exitCodes.finished;
}
