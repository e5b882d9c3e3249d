import { stderrColors as pc } from "../terminal/colors.ts";
import { lineage, type RunResult } from "../../runs/result.ts";
import type { Run } from "../../runs/cycle/run.ts";
import { runRecordOf } from "../../runs/run-lookup.ts";
import { openRuns } from "../../runs/session.ts";
import type { Settings } from "../../state/settings.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { pausesRun } from "../../state/errors.ts";
import { withoutSecrets } from "../../stores/secrets.ts";
import { describeQuestion } from "./approval.ts";
import { exitCodes } from "../terminal/failure.ts";
import { outFolder, writeBest } from "./out.ts";
import { tellLine } from "../terminal/lines.ts";
import { createProgress, type View } from "../terminal/progress.ts";
import { createWarnings } from "../terminal/warnings.ts";
import { printResult } from "../reading/print.ts";
import { tell } from "../terminal/door.ts";

/** What a run may really spend, as flags. */
export interface LimitFlags {
  budgetUsd?: number | null;
  budgetMinutes?: number | null;
}

export const limitsIn = ({ budgetUsd, budgetMinutes }: LimitFlags) => ({ usd: budgetUsd, minutes: budgetMinutes });

export interface FollowOptions {
  settings: Pick<Settings, "generations" | "budgetRollouts" | "budgetTokens" | "approve" | "review">;
  /** The store the run is in, and its name. */
  from: RecordStore;
  store: string;
  /** The flags that a next command needs to find the run. */
  again?: readonly string[] | undefined;
  /** Whether to print only warnings. */
  quiet?: boolean | undefined;
  out?: string | undefined;
  json?: boolean | undefined;
  /** Whether the run starts from a skill that was made for it, in which there is nothing to find. */
  isStartMade?: boolean;
}

/** Watches a run to its end: progress on stderr, the best skill into the out folder, the result on stdout. */
export async function follow(run: Run, options: FollowOptions): Promise<number> {
  const next = (word: string, command: string) => `${word} with: ${pc.bold(commandFor(command, run.name, options))}\n`;
  const isKept = options.store !== "memory:";
  const goOn = isKept ? next("Continue", "resume") : lost;
  // Listens before anything is waited for, as the run begins on the next turn.
  const events = run.events();
  const view = await viewOf(run, options);
  const stopListening = pauseOnSignals(run, view, goOn);
  try {
    for await (const event of events) view.tell(event);
  } finally {
    view.close();
  }
  const target = { from: options.from, folder: outFolder(run.name, options.out) };
  let result: RunResult;
  try {
    result = await run.result();
  } catch (error) {
    // What was learned before the failure is worth having; where the store is what failed, there is nothing to read.
    await writeBest(run.name, target).catch(() => undefined);
    // Where the store cannot even say what the run has come to, it is paused all the same.
    const isPause = pausesRun(error);
    if (isPause) tell(`${pc.yellow("paused")} ${withoutSecrets(error.message)}\n`);
    tell(goOn);
    if (!isPause) throw error;
    return exitCodes.paused;
  } finally {
    stopListening();
  }
  const files = await writeBest(run.name, target).catch((error: unknown) => {
    if (result.status === "finished" || !pausesRun(error)) throw error;
    tell(`${pc.yellow("warning")} ${withoutSecrets(error.message)}\n`);
    return [];
  });
  printResult(result, { json: options.json === true, files });
  if (result.status === "finished") return exitCodes.finished;
  if (result.asked !== null) {
    tell(`${pc.yellow("waiting")} ${describeQuestion(result.asked)}`);
    tell(isKept ? next("Decide", "approve") + next("Decide", "reject") : lost);
    return exitCodes.paused;
  }
  if (result.reason !== null) tell(`${pc.yellow("paused")} ${result.reason}\n`);
  tell(goOn);
  return exitCodes.paused;
}

const lost = "The run was stored in memory, so it cannot be continued. Use --store file:PATH for one that can be.\n";

async function viewOf(run: Run, options: FollowOptions): Promise<View> {
  if (options.quiet === true) return createWarnings(options);
  return isLive(options) ? liveView(run, options) : createProgress(options);
}

/**
 * A view that is drawn again and again is for people at a terminal that can do it. Where the gate or the guard asks them, the question
 * would stand in its place.
 */
function isLive({ settings }: FollowOptions): boolean {
  if (settings.approve !== "never" || settings.review) return false;
  const { NO_COLOR = "", CI = "", TERM = "" } = process.env;
  return process.stderr.isTTY === true && NO_COLOR === "" && CI === "" && TERM !== "dumb";
}

async function liveView(run: Run, { from, ...options }: FollowOptions): Promise<View> {
  const { createLiveView } = await import("../terminal/live/live-view.ts");
  const runs = openRuns(from);
  const history = await lineage(runs, await runRecordOf(runs, run.thread));
  return createLiveView(run, { ...options, history });
}

/** The command that continues a run, as one can paste it. */
export function resumeCommand(run: string, place: Again): string {
  return commandFor("resume", run, place);
}

/** The flags that a next command needs to find the same runs. */
type Again = Pick<FollowOptions, "again">;

function commandFor(command: string, run: string, { again = [] }: Again): string {
  const words = ["skillgraph", command, run, ...again];
  return words.map((word) => (/^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

/** The first Ctrl-C (or closing of the terminal) pauses, the second exits at once. */
function pauseOnSignals(run: Run, view: View, goOn: string): () => void {
  let asked = false;
  const onSignal = () => {
    if (asked) {
      view.close();
      tell(`\nStopped immediately; ${run.inFlight()} calls in flight may have to be paid for again.\n${goOn}`);
      process.exit(exitCodes.paused);
    }
    asked = true;
    tellLine("\nPausing: waiting for calls in flight. Press Ctrl-C again to stop immediately.");
    run.pause();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
