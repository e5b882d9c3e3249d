import { statSync } from "node:fs";
import { exportRun, type RunExport } from "../../runs/keeping/export.ts";
import { parseMoment, programAt, type Moment } from "../../runs/reading/program-at.ts";
import { readRollouts } from "../../runs/reading/rollouts.ts";
import { openRuns } from "../../runs/session.ts";
import { writeProgram } from "../../readers/skill.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { stdoutColors as pc } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/failure.ts";
import { writeWhole } from "./files.ts";
import { grouped, sizeText } from "../../runs/words.ts";
import { openStoreFor } from "../parts/store.ts";
import { print } from "../terminal/door.ts";

export interface ExportFlags {
  store: string;
  to?: string;
  report?: string;
  folder?: string;
  rollouts?: string;
  revisions?: string;
  training?: string;
  pairs?: string;
  json?: boolean;
}

/** What was written, by what was asked for. */
interface Exported extends Partial<RunExport> {
  run: string;
  report?: { file: string; bytes: number };
  skill?: { folder: string; program: Hash; files: string[] };
  rollouts?: { file: string; lines: number };
  revisions?: { file: string; lines: number };
  training?: { file: string; lines: number };
  pairs?: { file: string; lines: number };
}

/** `name` is a run, with `--folder` also `RUN@7` for the head after generation 7. */
export async function exportCommand(name: string, { store: url, json, ...wanted }: ExportFlags): Promise<number> {
  const { run, moment } = parseMoment(name);
  refuseUnclear(name, moment, wanted);
  const { store, close } = await openStoreFor(url, { create: false });
  try {
    const exported = await exportAll(store, { run, moment: moment ?? "best" }, wanted);
    print(json === true ? `${JSON.stringify(exported)}\n` : describe(exported));
    return exitCodes.finished;
  } finally {
    await close();
  }
}

type Wanted = Omit<ExportFlags, "store" | "json">;

function refuseUnclear(
  name: string,
  moment: Moment | undefined,
  { to, report, folder, rollouts, revisions, training, pairs }: Wanted,
): void {
  // The command line hands over its other options, too.
  const asked = { to, report, folder, rollouts, revisions, training, pairs };
  const flags = Object.entries(asked).filter(([, value]) => value !== undefined);
  if (flags.length === 0) {
    const message =
      "Nothing to export. Give one or more of --report FILE, --folder DIR, --rollouts FILE, --revisions FILE, --training FILE, --pairs FILE and --to STORE.";
    throw new SettingsError("export", message);
  }
  if (moment === undefined || folder !== undefined) return;
  const message = `"${name}" is one program of the run, which only --folder supports. Give the name of the run for --${flags[0]?.[0]}.`;
  throw new SettingsError("export", message);
}

async function exportAll(
  store: RecordStore,
  { run, moment }: { run: string; moment: Moment },
  { to, report, folder, rollouts, revisions, training, pairs }: Wanted,
): Promise<Exported> {
  return {
    run,
    ...(folder === undefined ? {} : { skill: await exportSkill(store, { run, moment }, folder) }),
    ...(report === undefined ? {} : { report: await exportReport(store, run, report) }),
    ...(rollouts === undefined
      ? {}
      : { rollouts: await exportLines("rollouts", rollouts, readRollouts(run, { store })) }),
    ...(revisions === undefined ? {} : { revisions: await exportRevisions(store, run, revisions) }),
    ...(training === undefined ? {} : { training: await exportTraining(store, run, training) }),
    ...(pairs === undefined ? {} : { pairs: await exportPairs(store, run, pairs) }),
    ...(to === undefined ? {} : await exportTo(store, run, to)),
  };
}

async function exportSkill(store: RecordStore, { run, moment }: { run: string; moment: Moment }, folder: string) {
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true)
    throw new SettingsError("folder", `--folder ${folder} is a file. Give a folder.`);
  const { hash, skills } = await programAt(openRuns(store), run, moment);
  return { folder, program: hash, files: await writeProgram(skills, folder) };
}

/** The page and what draws it are loaded for this alone. */
async function exportReport(store: RecordStore, run: string, file: string) {
  const { readReport } = await import("../../runs/report/report.ts");
  const { renderReport } = await import("../../runs/report/page.ts");
  const page = await renderReport(await readReport(run, { store }));
  await writeWhole("report", file, [page]);
  return { file, bytes: Buffer.byteLength(page) };
}

async function exportLines(flag: string, file: string, items: AsyncIterable<unknown>) {
  let lines = 0;
  async function* texts() {
    for await (const item of items) {
      lines += 1;
      yield `${JSON.stringify(item)}\n`;
    }
  }
  await writeWhole(flag, file, texts());
  return { file, lines };
}

/** Loaded for this alone. */
async function exportRevisions(store: RecordStore, run: string, file: string) {
  const { readRevisions } = await import("../../runs/reading/revisions.ts");
  const without = `Run "${run}" has no rewarded revisions. They are made by recipes with episodes, such as skill-r1 and skillos, from the first candidate on.`;
  return exportSome("revisions", file, { lines: readRevisions(run, { store }), without });
}

/** Loaded for this alone. */
async function exportPairs(store: RecordStore, run: string, file: string) {
  const { readRunPairs } = await import("../../runs/reading/pairs.ts");
  const without = `Run "${run}" has no pairs. A pair is a candidate that was decided on, and that some deficiency asked for.`;
  return exportSome("pairs", file, { lines: readRunPairs(run, { store }), without });
}

/** A file without a line would look like a run that learned nothing: it is refused. */
async function exportSome(
  flag: "revisions" | "pairs",
  file: string,
  { lines, without }: { lines: AsyncGenerator; without: string },
) {
  const first = await lines.next();
  if (first.done === true) throw new SettingsError(flag, without);
  async function* all() {
    yield first.value;
    yield* lines;
  }
  return exportLines(flag, file, all());
}

/** Loaded for this alone. */
async function exportTraining(store: RecordStore, run: string, file: string) {
  const { readTraining } = await import("../../runs/reading/training.ts");
  return exportLines("training", file, readTraining(run, { store }));
}

async function exportTo(store: RecordStore, run: string, url: string): Promise<RunExport> {
  const target = await openStoreFor(url);
  return exportRun(run, { store, to: target.store }).finally(target.close);
}

function describe({ runs, records, digest, skill, report, rollouts, revisions, training, pairs }: Exported): string {
  const line = (what: string, text: string) => `  ${pc.dim(what.padEnd(9))} ${text}`;
  const lines = [
    ...(skill === undefined
      ? []
      : [line("skill", `${skill.files.map((file) => `${skill.folder}/${file}`).join(", ")}`)]),
    ...(report === undefined ? [] : [line("report", `${report.file} (${sizeText(report.bytes)})`)]),
    ...(rollouts === undefined ? [] : [line("rollouts", `${rollouts.file} (${grouped(rollouts.lines)} lines)`)]),
    ...(revisions === undefined ? [] : [line("revisions", `${revisions.file} (${grouped(revisions.lines)} lines)`)]),
    ...(training === undefined ? [] : [line("training", `${training.file} (${grouped(training.lines)} lines)`)]),
    ...(pairs === undefined ? [] : [line("pairs", `${pairs.file} (${grouped(pairs.lines)} lines)`)]),
    ...(runs === undefined
      ? []
      : [`${runs.join(", ")}: ${grouped(records ?? 0)} records copied`, line("digest", digest ?? "")]),
  ];
  return `${lines.join("\n")}\n`;
}
