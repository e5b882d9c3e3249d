import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { hostileValue, withoutUndefined } from "../../../tests/support/durability/hostile.ts";
import { shareOf, type Finding, type TrialOptions } from "../trial.ts";
import { openSaver } from "./loop.ts";

/** Hostile values, each in the only channel of a thread of its own. */
export async function keepHostile({ share, progress }: TrialOptions): Promise<Finding["figures"]> {
  const saver = openSaver(":memory:");
  const counts = { equal: 0, refused: 0, changed: 0, unreadable: 0 };
  const samples = fc.sample(hostileValue, { numRuns: shareOf(10_000, share), seed: 41 });
  for (const [index, value] of samples.entries()) {
    counts[await keep(saver, `t-${index}`, value)] += 1;
    progress(index + 1, samples.length);
  }
  return {
    "read back equal": `${counts.equal}`,
    "refused with an error": `${counts.refused}`,
    "read back as something else, without a word": `${counts.changed}`,
    "thread unreadable from then on": `${counts.unreadable}`,
  };
}

async function keep(saver: ReturnType<typeof openSaver>, thread: string, value: unknown) {
  const config = { configurable: { thread_id: thread, checkpoint_ns: "" } };
  const checkpoint = {
    v: 4,
    id: "c-1",
    ts: "2026-01-01T00:00:00Z",
    channel_values: { channel: value },
    channel_versions: { channel: 1 },
    versions_seen: {},
  };
  try {
    await saver.put(config, checkpoint, { source: "loop", step: 1, parents: {} });
  } catch {
    return "refused";
  }
  try {
    const read = (await saver.getTuple(config))?.checkpoint.channel_values["channel"];
    return isDeepStrictEqual(withoutUndefined(read), withoutUndefined(value)) ? "equal" : "changed";
  } catch {
    return "unreadable";
  }
}
