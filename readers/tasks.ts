import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../skills/shorten.ts";
import { TaskError } from "../state/errors.ts";
import type { SuiteName, Task } from "../state/task.ts";
import { readLines } from "./lines.ts";
import { questionKey, sealSome, suiteOf } from "./split.ts";
import { parseTask } from "./task-line.ts";

/** The splits of a task set, each in file order. Train and validation are never empty; sealed and test may be. */
export interface TaskSet extends Readonly<Record<SuiteName, Task[]>> {
  /** How many tasks of a split ask word for word what a train task asks: worth a warning when not 0. */
  readonly overlap: Readonly<Record<Exclude<SuiteName, "train">, number>>;
  /** Where each task was read. */
  readonly places: ReadonlyMap<Task, TaskPlace>;
}

/** A file and a line in it, from 1. */
export interface TaskPlace {
  readonly file: string;
  readonly line: number;
}

type Suites = Record<SuiteName, Task[]>;

const layout = "train.jsonl, val.jsonl (or validation.jsonl) and, if there is one, test.jsonl";

/**
 * Reads a task set: a folder with train.jsonl, val.jsonl or validation.jsonl and perhaps test.jsonl, or one JSONL file,
 * which is split by a hash of what each task asks (45 train, 23 validation, 12 sealed, 20 test per cent) without any seed. Of
 * a given validation file of 90 tasks or more, 35 % is sealed. Ids are unique within a file. Throws a `TaskError` that names
 * file, line and what was expected.
 */
export async function readTasks(path: string): Promise<TaskSet> {
  const places = new Map<Task, TaskPlace>();
  const read = (file: string) => readFile(file, places);
  const suites = (await isFolder(path)) ? await readFolder(path, read) : splitTasks(path, await read(path));
  const asked = new Set(suites.train.map(questionKey));
  const shared = (tasks: readonly Task[]): number => tasks.filter((task) => asked.has(questionKey(task))).length;
  const { validation, sealed, test } = suites;
  const overlap = { validation: shared(validation), sealed: shared(sealed), test: shared(test) };
  return { ...suites, overlap, places };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    if (found.isDirectory() || found.isFile()) return found.isDirectory();
  } catch (cause) {
    const message = `Task set not found at ${path}; give a JSONL file, or a folder with ${layout}.`;
    throw new TaskError(path, undefined, message, { cause });
  }
  throw new TaskError(path, undefined, `${path} is neither a file nor a folder; give a JSONL file or a folder.`);
}

async function readFolder(folder: string, read: (file: string) => Promise<Task[]>): Promise<Suites> {
  const names = await readdir(folder);
  const given = ["val.jsonl", "validation.jsonl"].filter((name) => names.includes(name));
  if (given.length > 1) {
    throw new TaskError(folder, undefined, `${folder} contains both val.jsonl and validation.jsonl; keep one of them.`);
  }
  const validationName = given[0];
  if (validationName === undefined || !names.includes("train.jsonl")) {
    const found = names.toSorted().slice(0, 10).join(", ") || "nothing";
    throw new TaskError(folder, undefined, `${folder} must contain ${layout}; it contains ${found}.`);
  }
  const train = await read(join(folder, "train.jsonl"));
  const file = join(folder, validationName);
  const { validation, sealed } = sealSome(await read(file));
  if (validation.length === 0) {
    throw new TaskError(
      file,
      undefined,
      `${file}: nearly all tasks have the same input, so no validation tasks are left; add different ones.`,
    );
  }
  const test = names.includes("test.jsonl") ? await read(join(folder, "test.jsonl")) : [];
  return { train, validation, sealed, test };
}

function splitTasks(file: string, tasks: readonly Task[]): Suites {
  const suites: Suites = { train: [], validation: [], sealed: [], test: [] };
  for (const task of tasks) suites[suiteOf(task)].push(task);
  const empty = (["train", "validation"] as const).find((suite) => suites[suite].length === 0);
  if (empty === undefined) return suites;
  const advice = `add tasks, or give a folder with ${layout}`;
  throw new TaskError(file, undefined, `${file}: none of the ${tasks.length} tasks falls into ${empty}; ${advice}.`);
}

async function readFile(file: string, places: Map<Task, TaskPlace>): Promise<Task[]> {
  const tasks: Task[] = [];
  const lines = new Map<string, number>();
  for await (const { text, line } of fileLines(file)) {
    if (text.trim() === "") continue;
    const task = parseTask(text);
    if (typeof task === "string") throw new TaskError(file, line, `${file}, line ${line}: ${task}`);
    const earlier = lines.get(task.id);
    if (earlier !== undefined) {
      const message = `duplicate id ${quote(task.id)}, first used in line ${earlier}; give each task a unique id.`;
      throw new TaskError(file, line, `${file}, line ${line}: ${message}`);
    }
    lines.set(task.id, line);
    places.set(task, { file, line });
    tasks.push(task);
  }
  if (tasks.length > 0) return tasks;
  throw new TaskError(file, undefined, `${file} contains no tasks; write one per line.`);
}

async function* fileLines(file: string): ReturnType<typeof readLines> {
  try {
    yield* readLines(file);
  } catch (cause) {
    if (cause instanceof TaskError) throw cause;
    throw new TaskError(file, undefined, `${file} cannot be read: ${String(cause)}.`, { cause });
  }
}
