import { canonicalJson, sha256 } from "../state/json.ts";
import type { SuiteName, Task } from "../state/task.ts";

/** Upper ends of the splits of one file on the unit interval: 45 / 23 / 12 / 20 per cent. */
const shares: readonly (readonly [SuiteName, number])[] = [
  ["train", 0.45],
  ["validation", 0.68],
  ["sealed", 0.8],
  ["test", 1],
];
const sealedShare = 0.35;
const fewestToSeal = 90;

/** What a task asks, as one text: equal for tasks with the same input and files, whatever else they say. */
export function questionKey({ input, files }: Task): string {
  return canonicalJson({ input, files: files ?? {} });
}

/**
 * The split of a task of one file, by a hash of what it asks and nothing else: the same whichever tasks stand beside it and in
 * which order, so duplicates land together.
 */
export function suiteOf(task: Task): SuiteName {
  const place = placeOf("split", task);
  return shares.find(([, end]) => place < end)?.[0] ?? "test";
}

/** Seals 35 % of a given validation file of 90 tasks or more, by hash; of a smaller one nothing. */
export function sealSome(tasks: readonly Task[]): { validation: Task[]; sealed: Task[] } {
  if (tasks.length < fewestToSeal) return { validation: [...tasks], sealed: [] };
  return { validation: tasks.filter((task) => !isSealed(task)), sealed: tasks.filter(isSealed) };
}

function isSealed(task: Task): boolean {
  return placeOf("seal", task) < sealedShare;
}

/** A place in [0, 1). The purpose keeps the two splits independent, should a file made by one meet the other. */
function placeOf(purpose: string, task: Task): number {
  return Number.parseInt(sha256(`${purpose}/${questionKey(task)}`).slice(0, 12), 16) / 2 ** 48;
}
