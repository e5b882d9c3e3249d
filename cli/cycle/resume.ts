import { runRecordOf } from "../../runs/run-lookup.ts";
import type { RunRecord } from "../../runs/run-record.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { resultOf, type RunResult } from "../../runs/result.ts";
import { forecastOf } from "../../runs/forecast-rest.ts";
import { openRuns } from "../../runs/session.ts";
import { changedSettings } from "../../runs/cycle/settings-change.ts";
import { hashJson } from "../../state/json.ts";
import type { Settings } from "../../state/settings.ts";
import type { ExecutorName } from "../../runs/store.ts";
import { openStoreFor } from "../parts/store.ts";
import { tellForecast } from "../forecast.ts";
import { follow, limitsIn, type LimitFlags } from "./follow.ts";
import { exitCodes } from "../terminal/failure.ts";
import { createNotes } from "../terminal/notes.ts";
import { outFolder, prepareOut, writeBest } from "./out.ts";
import { ownRecipe, partsOfRun } from "../parts/parts.ts";
import { printResult } from "../reading/print.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { tell } from "../terminal/door.ts";

export interface ResumeFlags extends LimitFlags, MergedFlags {
  concurrency: number;
  executor: ExecutorName;
  takeOver?: boolean;
  out?: string;
  store: string;
  json?: boolean;
  quiet?: boolean;
  set?: Record<string, unknown>;
}

export async function resumeCommand(name: string, flags: ResumeFlags): Promise<number> {
  const { concurrency, executor, takeOver = false } = flags;
  const { store, close } = await openStoreFor(flags.store, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const settings = changedSettings(record, flags.set ?? {}, ownRecipe(flags.own).recipe);
    const folder = outFolder(record.name, flags.out);
    prepareOut(folder, undefined);
    const before = await resultOf(runs, record);
    const changes = changesTo(record, settings);
    const isNewLimit = flags.budgetUsd !== undefined || flags.budgetMinutes !== undefined;
    if (before.status === "finished" && changes.length === 0 && !isNewLimit) {
      tell(ending(before, settings));
      printResult(before, { json: flags.json === true, files: await writeBest(record.name, { from: store, folder }) });
      return exitCodes.finished;
    }
    const forecast = await forecastOf(name, {
      store,
      settings: flags.set ?? {},
      limits: limitsIn(flags),
      ...ownRecipe(flags.own),
    });
    const run = await resume(name, {
      ...(await partsOfRun(record, flags.own)),
      store,
      concurrency,
      executor,
      takeOver,
      limits: limitsIn(flags),
      ...(flags.sources === undefined ? {} : { sources: flags.sources }),
      settings: flags.set ?? {},
    });
    const under = changes.length === 0 ? "" : ` with ${changes.join(", ")}`;
    const note = createNotes(flags);
    note(`run ${record.name}: continuing after generation ${before.generations}${under}`);
    tellForecast(forecast, note);
    return await follow(run, { ...flags, settings, from: store });
  } finally {
    await close();
  }
}

/** What differs, as `--set` takes it. */
function changesTo({ input }: RunRecord, settings: Settings): string[] {
  return Object.keys(settings)
    .filter((key) => hashJson(settings[key] ?? null) !== hashJson(input.settings[key] ?? null))
    .map((key) => `${key}=${JSON.stringify(settings[key])}`);
}

function ending(result: RunResult, settings: Settings): string {
  const { run, reason, generations } = result;
  return (
    `run ${run} is finished (${reason}) after ${generations} generations; there is nothing left to do.\n` +
    `To continue, raise the limit: skillgraph resume ${run} ${moreOf(result, settings)}\n`
  );
}

/** The setting that ended the run, with more of it. */
function moreOf({ reason }: RunResult, settings: Settings): string {
  const more = (key: "generations" | "budgetRollouts" | "budgetTokens" | "patience") =>
    settings[key] === null ? [] : [`--set ${key}=${2 * settings[key]}`];
  if (reason === "target") return "--set target=null";
  if (reason === "budget") return [...more("budgetRollouts"), ...more("budgetTokens")].join(" ");
  if (reason === "patience") return more("patience").join(" ");
  return more("generations").join(" ") || "--set generations=40";
}
