import { countIn } from "../measure.ts";
import { namesIn } from "../recipes/arms.ts";
import { printLine, printTable } from "../table.ts";
import { evenAcceptance } from "./even.ts";
import { gates } from "./gates.ts";
import { simulateMany, type Found, type Search } from "./simulate.ts";
import { mixes, type Mix } from "./world.ts";

const sizes = [50, 100, 200];
/** Rollouts of a search by the number of held-out tasks. */
const budgets: Record<number, number> = { 50: 1000, 100: 2000, 200: 4000 };

const certificate = { repeats: 2, alpha: 0.05 };

/** Those that decide on each edit for itself, and the one that remembers. */
const allGates: Record<string, Search["gate"]> = { ...gates, optimistic: "optimistic" };

/** Arms at equal budget: a search alone, or with one certificate at its end; `isFree`: on as many further tasks, not counted, so an upper bound. */
const allArms: ReadonlyArray<{ name: string; gate: string; sealed?: number; isFree?: true }> = [
  ...Object.keys(allGates).map((gate) => ({ name: gate, gate })),
  { name: "strict + certify", gate: "strict", sealed: 0.35 },
  { name: "strict + certify, half sealed", gate: "strict", sealed: 0.5 },
  { name: "strict, waves of 5 + certify, half sealed", gate: "strict, waves of 5", sealed: 0.5 },
  { name: "strict + a free certificate", gate: "strict", sealed: 0.5, isFree: true },
  { name: "race + certify", gate: "race", sealed: 0.35 },
  { name: "race, waves of 5 + certify", gate: "race, waves of 5", sealed: 0.35 },
  { name: "optimistic + certify", gate: "optimistic", sealed: 0.35 },
  { name: "optimistic + certify, half sealed", gate: "optimistic", sealed: 0.5 },
];

type Arm = (typeof allArms)[number];

const mean = (found: readonly Found[], of: (one: Found) => number) =>
  found.reduce((sum, one) => sum + of(one), 0) / Math.max(1, found.length);
const share = (value: number) => value.toFixed(2).replace(/^0/, "");
const points = (value: number) => (Number.isNaN(value) ? "-" : value.toFixed(1));

/**
 * What gates do to simulated searches, with the code of the policies: no agent, no task, no cost. `--runs N` seeded runs per cell, by default
 * 1,000; `--of null|power|budget|even|others` for one of the tables, `--arm NAME` for one row of those at equal budget.
 */
export async function runGate(words: string[]): Promise<void> {
  const option = (name: string) => words[words.indexOf(name) + 1];
  const runs = words.includes("--runs") ? countIn({ runs: option("--runs") }, "runs") : 1000;
  const named = words.includes("--arm")
    ? namesIn(
        option("--arm") ?? "",
        allArms.map(({ name: arm }) => ({ arm })),
      )
    : undefined;
  const arms = allArms.filter(({ name }) => named?.includes(name) ?? true);
  const tables: Record<string, (runs: number, arms: readonly Arm[]) => void> = {
    null: printNull,
    power: printPower,
    budget,
    even,
    others,
  };
  const chosen = words.includes("--of") ? [option("--of") ?? ""] : Object.keys(tables);
  for (const name of chosen) {
    const print = Object.hasOwn(tables, name) ? tables[name] : undefined;
    if (print === undefined) throw new Error(`Unknown table "${name}". Tables are: ${Object.keys(tables).join(", ")}.`);
    print(runs, arms);
  }
}

const fixed: Omit<Search, "gate" | "tasks"> = {
  mix: mixes.null,
  correlation: 0.9,
  overhead: 0,
  generations: 20,
  budget: Infinity,
};

function printNull(runs: number): void {
  printLine(
    "20 edits without an effect: at least one accepted / accepted per run / rollouts / reported minus true, points",
  );
  printBySize(Object.keys(allGates), (gate, tasks) => {
    const found = simulateMany(runs, { ...fixed, gate, tasks });
    const any = share(mean(found, ({ falseAccepts }) => (falseAccepts > 0 ? 1 : 0)));
    const each = mean(found, ({ falseAccepts }) => falseAccepts).toFixed(2);
    const rollouts = mean(found, (one) => one.rollouts).toFixed(0);
    return `${any} / ${each} / ${rollouts} / ${points(mean(found, ({ reported, gain }) => reported - gain))}`;
  });
}

function printPower(runs: number): void {
  printLine("One real edit of +2 / +5 / +10 points at generation 10 among edits without an effect: accepted");
  printBySize(Object.keys(allGates), (gate, tasks) =>
    [0.02, 0.05, 0.1]
      .map((effect) => {
        const planted = { generation: 10, effect };
        const found = simulateMany(runs, { ...fixed, gate, tasks, generations: 10, planted });
        return share(mean(found, ({ acceptedPlanted }) => (acceptedPlanted ? 1 : 0)));
      })
      .join(" / "),
  );
}

function printBySize(names: readonly string[], cell: (gate: Search["gate"], tasks: number) => string): void {
  const rows = names.map((name) => [name, ...sizes.map((tasks) => cell(allGates[name] as Search["gate"], tasks))]);
  printTable(["gate", ...sizes.map((tasks) => `n = ${tasks}`)], rows);
}

function budget(runs: number, arms: readonly Arm[]): void {
  printLine("At equal budget, 16 rollouts per generation beside the gate's");
  for (const tasks of sizes) {
    printLine(`${tasks} held-out tasks, ${budgets[tasks]} rollouts`);
    printArms(arms, ["null", "mix", "hard"], { runs, tasks, correlation: 0.9 });
  }
}

function others(runs: number, arms: readonly Arm[]): void {
  printLine("On mixes and discordances that nothing was chosen on, 200 held-out tasks");
  for (const correlation of [0.97, 0.6]) {
    printLine(`correlation ${correlation}`);
    const shown = arms.filter(({ gate }) => ["strict", "race", "race, waves of 5"].includes(gate));
    printArms(shown, ["rich", "rare"], { runs, tasks: 200, correlation });
  }
}

interface Setting {
  runs: number;
  tasks: number;
  correlation: number;
}

function printArms(list: readonly Arm[], names: ReadonlyArray<keyof typeof mixes>, setting: Setting): void {
  const { runs, tasks, correlation } = setting;
  const cells = ({ gate, sealed, isFree }: Arm, mix: Mix) => {
    const search: Search = {
      gate: allGates[gate] as Search["gate"],
      mix,
      tasks,
      correlation,
      overhead: 16,
      generations: Infinity,
      budget: budgets[tasks] as number,
      ...(sealed === undefined ? {} : { certificate: { ...certificate, share: sealed } }),
    };
    const found = simulateMany(runs, isFree === undefined ? search : withFreeCertificate(search));
    const published = found.filter((one) => one.published);
    const isFalse = (one: Found) => (one.published && one.gain < 1e-6 ? 1 : 0);
    return [
      points(mean(found, ({ gain }) => gain)),
      points(mean(found, (one) => (one.published ? one.gain : 0))),
      share(mean(found, isFalse)),
      published.length === 0 ? "-" : points(mean(published, ({ claim, gain }) => claim - gain)),
    ].join(" / ");
  };
  printTable(
    ["gate", ...names.map((name) => `${name}: gain / published / false / claim - true`)],
    list.map((arm) => [arm.name, ...names.map((name) => cells(arm, mixes[name]))]),
  );
}

/** Repeats of a certificate that costs nothing: so many that what one result differs from another no longer matters. */
const freeRepeats = 50;

/** The same search, with the certificate on as many further tasks, whose rollouts the budget does not count. */
function withFreeCertificate(search: Search): Search {
  const { tasks } = search;
  return {
    ...search,
    tasks: 2 * tasks,
    budget: search.budget + 2 * freeRepeats * tasks,
    certificate: { ...certificate, repeats: freeRepeats, share: 0.5 },
  };
}

function even(runs: number): void {
  printLine("The same program again: accepted, by the share of discordant pairs");
  const discordances = [0.03, 0.1, 0.23, 0.4];
  for (const tasks of [100, 200]) {
    const rows = ["strict", ".2 errors", "paired", "race"].map((name) => [
      name,
      ...discordances.map((discordance) => share(evenAcceptance(name, { runs, tasks, discordance }))),
    ]);
    printTable([`n = ${tasks}`, ...discordances.map(String)], rows);
  }
}
