import type { RecordStore } from "../stores/record-store.ts";

export const defaultStore = "file:.skillgraph/runs.db";
export const defaultConcurrency = 8;

/** Where rollouts are done: in this process, or by workers that share its store. Does not change the result. */
export const executorNames = ["pool", "queue"] as const;
export type ExecutorName = (typeof executorNames)[number];

/** An open store to work on, and how to let go of it. A store given open is left open. */
export async function storeOf(
  store: string | RecordStore = defaultStore,
  options: { create?: boolean } = {},
): Promise<{ store: RecordStore; close(): Promise<void> }> {
  if (typeof store !== "string") return { store, close: async () => undefined };
  const { openStore } = await import("../stores/open.ts");
  const opened = await openStore(store, options);
  return { store: opened, close: () => opened.close() };
}
