import { diffPrograms } from "../../skills/diff.ts";
import type { Hash } from "../../state/json.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { parseMoment, programAt, type Moment } from "./program-at.ts";
import { openRuns } from "../session.ts";
import { storeOf } from "../store.ts";

export interface ProgramDiff {
  from: { run: string; moment: Moment; program: Hash };
  to: { run: string; moment: Moment; program: Hash };
  /** Unified; empty where the programs are equal. */
  diff: string;
}

/**
 * What differs between two programs of runs, named as `RUN`, `RUN@start`, `RUN@best` or `RUN@7`. One name alone: from its
 * start, or where it names a generation, from that one, to its best. A second name without a moment means its best.
 */
export async function diffRuns(
  from: string,
  to: string | undefined,
  { store: where }: { store?: string | RecordStore } = {},
): Promise<ProgramDiff> {
  const left = parseMoment(from);
  const right = to === undefined ? { run: left.run, moment: undefined } : parseMoment(to);
  const sides = [
    { run: left.run, moment: left.moment ?? (to === undefined ? "start" : "best") },
    { run: right.run, moment: right.moment ?? "best" },
  ] as const;
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const [before, after] = await Promise.all(sides.map(({ run, moment }) => programAt(runs, run, moment)));
    if (before === undefined || after === undefined) throw new Error("a diff has two sides");
    return {
      from: { ...sides[0], program: before.hash },
      to: { ...sides[1], program: after.hash },
      diff: diffPrograms(before.skills, after.skills),
    };
  } finally {
    await close();
  }
}
