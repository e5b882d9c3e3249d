import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Hash } from "../../../state/json.ts";
import { openRuns } from "../../../runs/session.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { answerSpace } from "../../../stores/spaces.ts";

/** Bytes of a line: a hash. */
const width = 65;

/** What was executed while a run was under way, and of it what was acknowledged. */
export interface Watched {
  /** Notes what is acknowledged by now. */
  look(): Promise<void>;
  /** Once the run has ended: the executions after their answer was acknowledged. */
  end(): Hash[];
}

/** A file of executions, one after the other, of several runs. */
export interface Witness {
  readonly file: string;
  /** Executions so far. */
  count(): number;
  /** Those from now on; no two runs at a time have the same. */
  of(run: string): Watched;
}

/** Reads the executions that are written to a file, as they come. */
export function watchExecutions(store: RecordStore, file: string): Witness {
  const lines: Hash[] = [];
  const read = (): Hash[] => {
    const bytes = Buffer.alloc(statSync(file).size - lines.length * width);
    const handle = openSync(file, "r");
    readSync(handle, bytes, 0, bytes.length, lines.length * width);
    closeSync(handle);
    for (let at = 0; at + width <= bytes.length; at += width) lines.push(bytes.toString("utf8", at, at + width - 1));
    return lines;
  };

  function of(run: string): Watched {
    const from = read().length;
    /** The number of executions when an answer was known to be acknowledged. */
    const kept = new Map<Hash, number>();
    return {
      async look() {
        const place = await openRuns(store).registry.find(run);
        if (place === undefined) return;
        const open = [...new Set(read().slice(from))].filter((hash) => !kept.has(hash));
        const isKept = async (hash: Hash) => (await store.get(answerSpace(place.family, hash), ["answer"])).size > 0;
        const answers = await Promise.all(open.map(isKept));
        const found = open.filter((_, index) => answers[index]);
        // In this order: what was executed in the meantime may have begun before.
        const count = read().length;
        for (const hash of found) kept.set(hash, count);
      },
      end: () =>
        read()
          .slice(from)
          .filter((hash, index) => from + index >= (kept.get(hash) ?? Infinity)),
    };
  }

  return { file, count: () => Math.floor(statSync(file).size / width), of };
}
