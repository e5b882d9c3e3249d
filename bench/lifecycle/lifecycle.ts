import { printLine, printTable } from "../table.ts";
import { kinds } from "./library.ts";
import { simulate, type Arm, type Outcome } from "./simulate.ts";

const arms: readonly Arm[] = [
  { retirement: "threshold", isGated: false },
  { retirement: "threshold", isGated: true },
  { retirement: "interval", isGated: false },
  { retirement: "interval", isGated: true },
];

/** Counted in generations in which skills are left out. */
const horizons = [10, 20, 40];

/**
 * What the two ways of retiring do to simulated libraries, with the code of the policy: no agent, no task, no cost. `--runs N` libraries, by default
 * 100, each with three skills of each kind, in all arms the same.
 */
export async function runLifecycle(words: string[]): Promise<void> {
  const runs = words.includes("--runs") ? Number(words[words.indexOf("--runs") + 1]) : 100;
  const most = Math.max(...horizons);
  const found = arms.map((arm) =>
    Array.from({ length: runs }, (_, seed) => simulate(arm, { seed: seed + 1, generations: most })),
  );
  for (const horizon of horizons) {
    printLine(`After ${horizon} times of leaving out: share retired by kind, precision, recall`);
    const rows = arms.map((arm, at) => [nameOf(arm), ...sharesOf(found[at] ?? [], horizon)]);
    printTable(["", ...kinds.map(({ name }) => name), "precision", "recall"], rows);
  }
  printLine("Rollouts of leaving out, mean of a library");
  const means = found.map((list) => Math.round(list.reduce((sum, { rollouts }) => sum + rollouts, 0) / runs));
  printTable(
    ["", `${most} times`],
    arms.map((arm, at) => [nameOf(arm), String(means[at])]),
  );
}

const nameOf = ({ retirement, isGated }: Arm) => `${retirement}${isGated ? ", with the gate" : ""}`;

function sharesOf(outcomes: readonly Outcome[], horizon: number): string[] {
  const all = outcomes.flatMap(({ skills }) => skills);
  const isGone = ({ retired }: (typeof all)[number]) => retired !== null && retired <= horizon;
  const share = (list: typeof all, of: (one: (typeof all)[number]) => boolean) =>
    list.length === 0 ? "-" : (list.filter(of).length / list.length).toFixed(2).replace(/^0/, "");
  const isUseless = ({ kind }: (typeof all)[number]) => kind.isUseless;
  return [
    ...kinds.map((kind) =>
      share(
        all.filter((one) => one.kind === kind),
        isGone,
      ),
    ),
    share(all.filter(isGone), isUseless),
    share(all.filter(isUseless), isGone),
  ];
}
