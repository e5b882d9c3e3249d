import { z } from "zod";
import { shorten } from "../../skills/shorten.ts";
import { createDraw } from "../../state/draw.ts";
import { SettingsError } from "../../state/errors.ts";
import { rounded } from "../../state/rounding.ts";
import { weightedChoice } from "../draws/weighted-choice.ts";
import type { MemoryTable, TaskOutcome } from "../policy.ts";
import type { Sampling } from "../sampling.ts";
import { categoryPools } from "./categories.ts";
import { categoryMixture, type Helps } from "./mixture.ts";

/** Losses of the last generations by category, oldest first. */
const Losses = z.record(z.string(), z.array(z.number().min(0).max(1)));
type Losses = z.infer<typeof Losses>;

/** Categories that something is remembered of, characters of their names, and digits of a loss (ours [R]). */
const mostCategories = 200;
const nameCharacters = 40;
const digits = 4;
/** Of a name whose characters take six bytes each as JSON, and of a loss. */
const bytesPerName = 6 * nameCharacters + 10;
const bytesPerLoss = 8;
const largestWindow = 20;

export interface MixtureOptions {
  /** The field of a task's meta that names its category. */
  key: string;
  /** Categories that get better where another one is practised, by that one. Default: none. */
  helps?: Helps;
  /** The learning rate, above 0. Default 0.5 (LEGO; 0.2 on Natural Instructions) [C]. */
  rate?: number;
  /** The generations whose losses count, 1 to 20. Default 3 [C]. */
  window?: number;
}

/**
 * Draws more train tasks of the categories that fail, and of those that help them (Skill-It, arXiv 2307.14430 [P], HazyResearch/skill-it [C]; see `categoryMixture`). The loss of a
 * category is 1 minus the mean score of its tasks in the batch [R]; in the source it is measured on all of them. One that was not drawn keeps its last loss, and is taken
 * to fail before it was drawn at all [R]. Each task of a batch is of a category drawn by its share, and any of those left in it. 200 categories are remembered, those that fail most [R].
 */
export function mixtureSampling({ key, helps = {}, rate = 0.5, window = 3 }: MixtureOptions): Sampling {
  if (!(rate > 0 && rate < Infinity)) throw new SettingsError("rate", `rate is ${rate}; it must be a number above 0.`);
  if (!(Number.isInteger(window) && window >= 1 && window <= largestWindow))
    throw new SettingsError("window", `window is ${window}; it must be a whole number from 1 to ${largestWindow}.`);
  const edges = Object.entries(helps).filter(([, others]) => others.length > 0);
  const graph = edges.length === 0 ? "" : ` helping ${JSON.stringify(Object.fromEntries(edges.toSorted()))}`;
  return {
    name: `sampling.mixture ${key} rate ${rate} window ${window}${graph}`,
    version: 1,
    category: key,
    memory: {
      schema: Losses,
      start: {},
      maxBytes: mostCategories * (bytesPerName + window * bytesPerLoss),
      learn: (memory, { outcomes }) => learned(Losses.parse(memory), outcomes, window),
    },
    decide({ size, generation, settings: { seed, batch }, categories = [] }, memory) {
      const losses = Losses.parse(memory);
      const pools = new Map(Object.entries(categoryPools(categories, { size, seed, generation })));
      const lossesOf = (name: string) => knownOf(losses, nameOf(name), window);
      const shares = categoryMixture(Object.fromEntries([...pools.keys()].map((name) => [name, lossesOf(name)])), {
        rate,
        helps,
      });
      const drawAt = createDraw(seed, generation, "mixture");
      return Array.from({ length: Math.min(batch, size) }, (_, slot) => {
        const open = [...pools].filter(([, tasks]) => tasks.length > 0);
        // A share that is rounded to 0 is still of a category that may be all that is left.
        const weights = open.map(([name]) => Math.max(shares[name] as number, Number.MIN_VALUE));
        const [, tasks] = open[weightedChoice(weights, drawAt(slot))] as [string, number[]];
        return tasks.shift() as number;
      });
    },
    describe: (memory) => tableOf(Losses.parse(memory), { rate, helps }),
  };
}

/** The empty text is the category of tasks without one. */
function nameOf(category: string): string {
  return shorten(category, nameCharacters);
}

/** Before a category was drawn, it is taken to fail. */
function knownOf(losses: Losses, name: string, window: number): readonly number[] {
  return Object.hasOwn(losses, name) ? (losses[name] as number[]) : Array.from({ length: window }, () => 1);
}

function learned(losses: Losses, outcomes: readonly TaskOutcome[], window: number): Losses {
  const found = new Map<string, number[]>();
  for (const { category = "", success } of outcomes) {
    const name = nameOf(category);
    found.set(name, [...(found.get(name) ?? []), 1 - success]);
  }
  if (found.size === 0) return losses;
  const names = [...new Set([...Object.keys(losses), ...found.keys()])];
  const after = names.map((name): [string, number[]] => {
    const before = knownOf(losses, name, window);
    const now = found.get(name);
    const mean = now === undefined ? (before.at(-1) as number) : now.reduce((sum, loss) => sum + loss, 0) / now.length;
    return [name, [...before, rounded(mean, digits)].slice(-window)];
  });
  const sumOf = ([, list]: [string, number[]]) => list.reduce((sum, loss) => sum + loss, 0);
  return Object.fromEntries(after.toSorted((one, other) => sumOf(other) - sumOf(one)).slice(0, mostCategories));
}

function tableOf(losses: Losses, of: { rate: number; helps: Helps }): MemoryTable {
  const shares = categoryMixture(losses, of);
  return {
    title: "Categories of train tasks",
    columns: ["category", "failing", "share of the next batch"],
    texts: 1,
    rows: Object.entries(losses).map(([name, list]) => [
      name === "" ? "(none)" : name,
      (list.at(-1) as number).toFixed(2),
      (shares[name] as number).toFixed(2),
    ]),
  };
}
