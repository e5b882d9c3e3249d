import { spawnSync } from "node:child_process";
import { meanAndInterval } from "../interval.ts";
import { installAx } from "../ax.ts";
import type { LearnJob } from "../learn.ts";
import { bySeed, measure, printLooks, readOptions, splitName, type MeasureOptions } from "../measure.ts";
import { meanOverPlaces } from "../recipes/curves.ts";
import { groupRows, type RunRow } from "../results.ts";
import { pairedDifference, type BySeed } from "../statistics.ts";
import { printLine, printTable, showCount, showDifference, showEstimate } from "../table.ts";
import { hasTaskSets } from "../task-sets.ts";
import type { Client } from "./client.ts";

const sets = ["banking10", "ua_brand", "snips_slots"];

/** Rollouts at which the head is read off; one run goes through all of them. */
const readOff = [500, 2000];
const budget = readOff.at(-1) as number;

/** GEPA's default, and one from which our analyst can generalise. The replay window is the minibatch. */
const minibatches = [3, 40];

const common = { validation: 100, edits: 4 };

/** A peer that can be started, or the reason why not. */
interface Peer {
  client: Client | string;
  remove?(): void;
}

/** How each peer is started; `own` is the command of the option `--client`. */
const peers: Readonly<Record<string, (own: string | undefined) => Promise<Peer>>> = {
  async ax() {
    const ax = await installAx();
    if (typeof ax === "string") return { client: ax };
    process.env["AX_MODULE"] = ax.module;
    const command: Client["command"] = ["node", "--import", "tsx", "bench/peers/ax-client.ts"];
    return { client: { command, version: `@ax-llm/ax ${ax.version}` }, remove: ax.remove };
  },
  async "gepa-python"() {
    const found = spawnSync("python3", ["-c", "import gepa"], { encoding: "utf8" });
    if (found.status !== 0) return { client: "python3 cannot import gepa; put its sources on PYTHONPATH" };
    return { client: { command: ["python3", "bench/peers/gepa-client.py"], version: "gepa (Python)" } };
  },
  async own(own) {
    const [program, ...words] = own?.split(" ").filter((word) => word !== "") ?? [];
    if (program === undefined) return { client: "no --client" };
    return { client: { command: [program, ...words], version: "own" } };
  },
};

/**
 * Outside optimizers beside our `gepa`, on the same agent, verifier, analyst, tasks and budget, at equal minibatches. Names are of peers and sets;
 * `--client "COMMAND"` is the command of the peer `own` (docs/benchmarks.md).
 */
export async function runPeers(words: string[]): Promise<void> {
  const options = readOptions(words, [...Object.keys(peers), ...sets], { client: "string" });
  const chosen = (all: readonly string[]) => {
    const named = all.filter((name) => options.names.includes(name));
    return named.length === 0 ? all : named;
  };
  if (!hasTaskSets()) {
    process.stdout.write("skipped: the task sets are not beside the project\n");
    return;
  }
  const started: Peer[] = [];
  try {
    const clients: Record<string, Client> = {};
    for (const name of chosen(Object.keys(peers))) {
      const peer = await (peers[name] as (typeof peers)[string])(options.extra["client"] as string | undefined);
      started.push(peer);
      if (typeof peer.client === "string") printLine(`skipped: ${name} (${peer.client})`);
      else clients[name] = peer.client;
    }
    await compare(clients, chosen(sets), options);
  } finally {
    for (const { remove } of started) remove?.();
  }
}

async function compare(
  clients: Readonly<Record<string, Client>>,
  chosen: readonly string[],
  options: MeasureOptions,
): Promise<void> {
  const { seeds, split } = options;
  const searchers: ReadonlyArray<[name: string, client?: Client]> = [["gepa"], ...Object.entries(clients)];
  const rows: RunRow[] = [];
  for (const set of chosen) {
    const jobs = minibatches.flatMap((batch) =>
      searchers.flatMap(([name, client]) =>
        seeds.map((seed): LearnJob => ({
          set,
          split,
          arm: armName(name, batch),
          analyst: "statistical",
          slip: null,
          settings: { ...common, recipe: "gepa", batch, replay: batch, seed, budgetRollouts: budget },
          at: readOff,
          ...(client === undefined ? {} : { client }),
        })),
      ),
    );
    const own = await measure("peers", jobs, options);
    rows.push(...own);
    printLine(`${set}: accuracy on ${splitName(split)}, mean ± 95 % interval over ${seeds.length} seeds`);
    reportArms(own);
    printLooks(set, split);
  }
  reportDifferences(rows, { chosen, names: Object.keys(clients) });
}

const armName = (name: string, batch: number) => `${name}, minibatch ${batch}`;

function reportArms(rows: readonly RunRow[]): void {
  const perRollout = (pick: (row: RunRow) => number | null | undefined) => (row: RunRow) => {
    const seconds = pick(row);
    return seconds === null || seconds === undefined ? undefined : (seconds * 1000) / row.figures.rollouts;
  };
  const cells = (own: readonly RunRow[]) => {
    const estimate = (pick: (row: RunRow) => number | undefined) => meanAndInterval([...bySeed(own, pick).values()]);
    return [
      ...readOff.map((_, at) => showEstimate(estimate(({ figures }) => figures.points[at]?.score))),
      showEstimate(
        estimate(({ figures }) => figures.points.at(-1)?.words),
        0,
      ),
      showEstimate(
        estimate(({ figures }) => figures.generations),
        0,
      ),
      showEstimate(estimate(perRollout(({ figures: { cpu } }) => cpu.run - cpu.analyst + (cpu.client ?? 0))), 2),
      showEstimate(estimate(perRollout(({ figures: { cpu } }) => cpu.client)), 2),
      showEstimate(estimate(perRollout(({ figures }) => figures.wall)), 2),
    ];
  };
  printTable(
    [
      "arm",
      ...readOff.map((at) => `@${showCount(at)}`),
      "words",
      "batches studied",
      "CPU ms a rollout, analyst apart",
      "of it the peer's process",
      "wall ms a rollout",
    ],
    [...groupRows(rows, ({ job }) => job.arm)].map(([arm, own]) => [arm, ...cells(own)]),
  );
}

/** Ours minus the peer's, by set and over all sets: then a seed's value is its mean over the sets. */
function reportDifferences(
  rows: readonly RunRow[],
  { chosen, names }: { chosen: readonly string[]; names: readonly string[] },
): void {
  const scores = (set: string, arm: string, at: number): BySeed =>
    bySeed(
      rows.filter(({ job }) => job.set === set && job.arm === arm),
      ({ figures }) => figures.points[at]?.score,
    );
  const overall = (arm: string, at: number) => meanOverPlaces(chosen.map((set) => scores(set, arm, at)));
  const line = (of: (arm: string, at: number) => BySeed, name: string, batch: number) =>
    readOff.map((_, at) =>
      showDifference(pairedDifference(of(armName("gepa", batch), at), of(armName(name, batch), at))),
    );
  printTable(
    ["paired difference in accuracy", "set", ...readOff.map((at) => `@${showCount(at)}`)],
    names.flatMap((name) =>
      minibatches.flatMap((batch) => {
        const label = `gepa - ${name}, minibatch ${batch}`;
        return [
          ...chosen.map((set) => [label, set, ...line((arm, at) => scores(set, arm, at), name, batch)]),
          [label, "mean of the sets", ...line(overall, name, batch)],
        ];
      }),
    ),
  );
}
