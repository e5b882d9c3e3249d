import type { SuiteRef } from "../../state/channels.ts";
import { TaskList, type Task } from "../../state/task.ts";
import type { Payload } from "./payload.ts";

/** The category of each task of a suite: what its meta has under a key, if it is one text, number or truth value; "" otherwise. */
export async function categoriesOf(suite: SuiteRef, key: string, payload: Pick<Payload, "json">): Promise<string[]> {
  const tasks = await payload.json(suite.hash, TaskList);
  return tasks.map((task) => categoryOf(task, key));
}

function categoryOf({ meta = {} }: Task, key: string): string {
  const value = Object.hasOwn(meta, key) ? meta[key] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
