import type { SkillFolder } from "../../skills/folder.ts";
import { RunError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { lineage, stateOf } from "../result.ts";
import { runRecordOf } from "../run-lookup.ts";
import type { RunRecord } from "../run-record.ts";
import type { Runs } from "../session.ts";

/** A program of a run: what it started from, its best so far, or the head at the end of a generation; of a tuned episode, the best of the episode then. */
export type Moment = "start" | "best" | number;

/** Reads `RUN`, `RUN@start`, `RUN@best` and `RUN@7`. Without a moment it is the best. */
export function parseMoment(text: string): { run: string; moment: Moment | undefined } {
  const [run = "", moment, ...rest] = text.split("@");
  if (moment === undefined) return { run, moment };
  if (rest.length === 0 && (moment === "start" || moment === "best")) return { run, moment };
  if (rest.length === 0 && /^[1-9]\d*$/.test(moment)) return { run, moment: Number(moment) };
  const message = `"${text}" does not refer to a program of a run. Write RUN@start, RUN@best or RUN@7 (the head after generation 7).`;
  throw new RunError("generation", run, message);
}

/** The program of a run at a moment. */
export async function programAt(
  runs: Runs,
  name: string,
  moment: Moment,
): Promise<{ record: RunRecord; hash: Hash; skills: SkillFolder[] }> {
  const record = await runRecordOf(runs, name);
  const hash = await hashAt(runs, record, moment);
  const payload = createPayload({ store: runs.store, family: record.family });
  return { record, hash, skills: await payload.program(hash) };
}

async function hashAt(runs: Runs, record: RunRecord, moment: Moment): Promise<Hash> {
  if (moment === "start") return record.input.start;
  if (moment === "best") return (await stateOf(runs, record.thread))?.head ?? record.input.start;
  const generations = await lineage(runs, record);
  const found = generations.find(({ generation }) => generation === moment);
  if (found !== undefined) return found.episode?.tuned === true ? found.episode.best : found.head;
  const had = generations.length === 0 ? "no generation yet" : `generations 1 to ${generations.length}`;
  throw new RunError(
    "generation",
    record.name,
    `Run "${record.name}" has ${had}, but not ${moment}. Give one of them.`,
  );
}
