import { setImmediate as turn } from "node:timers/promises";
import { draw } from "../../../state/draw.ts";
import { damagedText, damages } from "../../../tests/support/durability/corruption.ts";
import { shareOf, type Finding, type TrialOptions } from "../trial.ts";
import { answerAtOnce, createLoop, goOn, openSaver, wholeDigest, type Durability } from "./loop.ts";

type Saver = ReturnType<typeof openSaver>;
interface Rows {
  checkpoints: Row[];
  writes: Row[];
}
type Row = Record<string, string | Buffer | number | null>;

/** One value of one row is flipped, cut, emptied, swapped or deleted with its row; then the thread goes on to its end. */
export async function damageRows({ share, progress }: TrialOptions): Promise<Finding["figures"]> {
  const digest = await wholeDigest();
  const moments: Rows[] = [];
  for (const calls of [20, 45, 80]) moments.push(await rowsAfter(calls));
  const counts = { same: 0, silent: 0, threw: 0 };
  const count = shareOf(1000, share);
  for (let trial = 0; trial < count; trial += 1) {
    counts[await tryDamage(trial, moments, digest)] += 1;
    progress(trial + 1, count);
  }
  return {
    "the same result": `${counts.same}`,
    "the thread cannot be read or resumed": `${counts.threw}`,
    "accepted in silence, with another result": `${counts.silent}`,
  };
}

/** What the saver holds of a run that stopped at a call. */
async function rowsAfter(calls: number): Promise<Rows> {
  const saver = openSaver(":memory:");
  let left = calls;
  const loop = createLoop(saver, async (place) => {
    left -= 1;
    if (left < 0) throw new Error("stop");
    return answerAtOnce(place);
  });
  await goOn(loop, "sync").catch(() => undefined);
  // libsql reads a blob as an ArrayBuffer and writes none.
  const bytes = (value: Row[string] | ArrayBuffer) => (value instanceof ArrayBuffer ? Buffer.from(value) : value);
  const all = (table: string) =>
    (saver.db.prepare(`SELECT * FROM ${table}`).all() as Row[]).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, bytes(value)])),
    );
  return { checkpoints: all("checkpoints"), writes: all("writes") };
}

async function tryDamage(
  trial: number,
  moments: readonly Rows[],
  digest: string,
): Promise<"same" | "silent" | "threw"> {
  const pick = <Item>(items: readonly Item[], purpose: string): Item =>
    items[Math.floor(draw(11, trial, purpose, 0) * items.length)] as Item;
  const { checkpoints, writes } = pick(moments, "moment");
  const moment = { checkpoints: checkpoints.map((row) => ({ ...row })), writes: writes.map((row) => ({ ...row })) };
  const cells = [
    ...moment.checkpoints.flatMap((row) => [[row, "checkpoint"] as const, [row, "metadata"] as const]),
    ...moment.writes.map((row) => [row, "value"] as const),
  ];
  const [row, column] = pick(cells, "record");
  const textOf = ([from, name]: (typeof cells)[number]) => Buffer.from(from[name] as Buffer).toString();
  const damaged = damagedText(pick(damages, "damage"), {
    value: textOf([row, column]),
    elsewhere: textOf(pick(cells, "other")),
    at: draw(11, trial, "place", 0),
  });
  if (damaged !== undefined) row[column] = Buffer.from(damaged);
  const without = (rows: Row[]) => (damaged === undefined ? rows.filter((each) => each !== row) : rows);
  const saver = openSaver(":memory:");
  await saver.getTuple({ configurable: { thread_id: "makes the tables" } });
  insert(saver, "checkpoints", without(moment.checkpoints));
  insert(saver, "writes", without(moment.writes));
  try {
    return (await goOn(createLoop(saver, answerAtOnce), "sync")) === digest ? "same" : "silent";
  } catch {
    return "threw";
  }
}

function insert({ db }: Saver, table: string, rows: readonly Row[]): void {
  for (const row of rows) {
    const names = Object.keys(row);
    db.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`).run(
      ...Object.values(row),
    );
  }
}

/** The disk is full from some page on: calls begun after the first write that failed. */
export function fillDisk(durability: Durability) {
  return async ({ share, progress }: TrialOptions): Promise<Finding["figures"]> => {
    const room = shareOf(20, share);
    let [full, most] = [0, 0];
    for (let pages = 1; pages <= room; pages += 1) {
      const after = await callsAfterFull(pages, durability);
      if (after !== undefined) full += 1;
      most = Math.max(most, after ?? 0);
      progress(pages, room);
    }
    return { "runs that met a full disk": `${full}`, "calls begun after it": `at most ${most}` };
  };
}

/** Undefined where the run ended before the disk was full. */
async function callsAfterFull(pages: number, durability: Durability): Promise<number | undefined> {
  const saver = openSaver(":memory:");
  await saver.getTuple({ configurable: { thread_id: "makes the tables" } });
  const { page_count: used } = saver.db.prepare("PRAGMA page_count").get() as { page_count: number };
  saver.db.exec(`PRAGMA max_page_count = ${used + pages}`);
  let [calls, atFailure] = [0, undefined as number | undefined];
  const noting = <Args extends unknown[], Value>(write: (...args: Args) => Promise<Value>) => {
    return async (...args: Args): Promise<Value> => {
      try {
        return await write(...args);
      } catch (error) {
        atFailure ??= calls;
        throw error;
      }
    };
  };
  saver.put = noting(saver.put.bind(saver));
  saver.putWrites = noting(saver.putWrites.bind(saver));
  const call = async (place: string) => {
    calls += 1;
    await turn();
    return answerAtOnce(place);
  };
  await goOn(createLoop(saver, call), durability).catch(() => undefined);
  return atFailure === undefined ? undefined : calls - atFailure;
}
