import { z } from "zod";
import { SettingsError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import { oneDraft, type Drafting } from "../drafting.ts";
import type { Learned, MemoryTable } from "../policy.ts";
import { aroundDrafting } from "./around.ts";
import { meanBalance } from "./balance.ts";

/** Which drafts of the last wide generations were good, in the order of the proposer, and how many generations ago the last one was. */
const Memory = z.strictObject({ wide: z.array(z.array(z.boolean())), since: z.int().nonnegative() });
type Memory = z.infer<typeof Memory>;

export interface BalanceOptions {
  /** Good drafts that a generation wants, above 0. Default 2 [R], of at most 16 as 8 of 64 in the source [C]. */
  wanted?: number;
  /** A draft is good if it gains more than this over what it is compared with, in units of the score. Default 0 [R]. */
  margin?: number;
  /** One generation of so many is as wide as the setting `candidates` allows. Default 4 [R]. */
  every?: number;
  /** Wide generations that count, 1 to 20. Default 3 [R]. */
  window?: number;
}

/**
 * Controls how widely is explored (B-STaR, arXiv 2412.17256 and its code [C]): as many drafts as had the best balance of good ones and of their share, see `balanceOf`. The source chooses the
 * temperature and the threshold of a reward anew each iteration, by a grid on 64 samples; a policy here sets the number of drafts, 1 to the setting `candidates`, which has to be at
 * least 2. A wide generation has all of them, and what fewer would have been worth is known from its first ones, as proposers give the best first [R]. Of
 * equal numbers the smaller one is taken, and all as long as none was good [R].
 */
export function balancedDrafting(
  { wanted = 2, margin = 0, every = 4, window = 3 }: BalanceOptions = {},
  drafting: Drafting = oneDraft,
): Drafting {
  if (!(wanted > 0)) throw new SettingsError("wanted", `wanted is ${wanted}; it must be a number above 0.`);
  if (!(margin >= -1 && margin <= 1))
    throw new SettingsError("margin", `margin is ${margin}; it must be from -1 to 1.`);
  if (!(Number.isInteger(every) && every >= 1))
    throw new SettingsError("every", `every is ${every}; it must be a whole number from 1.`);
  if (!(Number.isInteger(window) && window >= 1 && window <= 20))
    throw new SettingsError("window", `window is ${window}; it must be a whole number from 1 to 20.`);
  const breadthOf = (memory: Memory, most: number): number =>
    memory.since >= every - 1 ? most : bestBreadth(memory, { most, wanted });
  return aroundDrafting(drafting, {
    name: `balanced for ${wanted} above ${margin}, wide each ${every}, last ${window}`,
    schema: Memory,
    start: { wide: [], since: 0 },
    maxBytes: 100 + window * 200,
    learn(own, record, { candidates: most }): Json {
      const memory = Memory.parse(own);
      if (record.candidates.length === 0) return memory;
      if (breadthOf(memory, most) < most) return { ...memory, since: memory.since + 1 };
      return { wide: [...memory.wide, goodIn(record, margin)].slice(-window), since: 0 };
    },
    decide({ settings: { candidates: most } }, own, planOf) {
      if (most < 2)
        throw new SettingsError(
          "candidates",
          "The number of drafts is to be balanced, but candidates is 1. Set it to at least 2, such as 8.",
        );
      const plan = planOf();
      if (plan.kind !== "separate" || plan.areAlternatives === true) return plan;
      return { ...plan, drafts: breadthOf(Memory.parse(own), most), isBounded: true };
    },
    describe: (own) => tableOf(Memory.parse(own), wanted),
  });
}

/** Each program once. */
function goodIn({ candidates }: Learned, margin: number): boolean[] {
  const programs = candidates.map(({ program }) => program);
  return candidates.map(
    ({ program, verdict }, at) =>
      programs.indexOf(program) === at && verdict?.decided === true && verdict.delta > margin,
  );
}

function selectedOf(wide: readonly boolean[], breadth: number) {
  const first = wide.slice(0, breadth);
  return { selected: first.length, good: first.filter((isGood) => isGood).length };
}

function balanceAt({ wide }: Memory, breadth: number, wanted: number): number {
  const generations = wide.map((one) => selectedOf(one, breadth));
  return meanBalance(generations, wanted) ?? 0;
}

function bestBreadth(memory: Memory, { most, wanted }: { most: number; wanted: number }): number {
  const balances = Array.from({ length: most }, (_, at) => balanceAt(memory, at + 1, wanted));
  const best = Math.max(...balances);
  return best === 0 ? most : balances.indexOf(best) + 1;
}

function tableOf(memory: Memory, wanted: number): MemoryTable {
  const most = Math.max(0, ...memory.wide.map(({ length }) => length));
  return {
    title: "Balance of exploring by number of drafts",
    columns: ["drafts", "balance"],
    texts: 0,
    rows: Array.from({ length: most }, (_, at) => [at + 1, balanceAt(memory, at + 1, wanted).toFixed(3)]),
  };
}
