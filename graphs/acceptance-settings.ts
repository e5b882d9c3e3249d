import { z } from "zod";
import { annealed, noWorseAcceptance, strictAcceptance, tolerantAcceptance } from "../policies/acceptance.ts";
import { pairedAcceptance, type PairedTerms } from "../policies/acceptances/paired.ts";
import { raceAcceptance } from "../policies/acceptances/race.ts";
import { repairsAcceptance } from "../policies/acceptances/repairs.ts";
import { againstHead, inHalves, noTrial, type Trial } from "../policies/trial.ts";
import { SettingsError } from "../state/errors.ts";

const names = ["strict", "no-worse", "tolerant", "repairs", "paired", "race", "annealed", "always"] as const;

/** The settings of a recipe that compares candidates with its head: the acceptance by name, and the terms of those that have any. */
export function acceptanceSettings(standard: (typeof names)[number]) {
  return {
    acceptance: z
      .enum(names)
      .default(standard)
      .describe(
        "how a candidate is compared with the head: strictly better (`strict`); also no worse with fewer tokens or a gain on the replay (`no-worse`); better by more than `band` (`tolerant`); more tasks repaired than broken (`repairs`); shown to be better by a paired test (`paired`) or a sequential one (`race`); worse at first, ever more rarely (`annealed`); or not at all (`always`)",
      ),
    band: z.number().min(0).max(1).default(0.01).describe("`tolerant`: the mean gain that counts as none"),
    margin: z.int().positive().default(1).describe("`repairs`: least number of tasks repaired beyond those broken"),
    mostBroken: z
      .int()
      .nonnegative()
      .nullable()
      .default(null)
      .describe("`repairs`, `paired`: most tasks that may get worse; null for any number"),
    alpha: z.number().min(0.001).max(0.5).default(0.1).describe("`paired`: one-sided error of a test"),
    leastGain: z.number().min(0).max(1).default(0.02).describe("`paired`: least mean gain that is accepted"),
    mostLoss: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        "`paired`: a candidate with fewer tokens or a gain on the replay is accepted if its loss is shown to be smaller; 0 for never",
      ),
    inconclusive: z
      .enum(["drop", "keep", "ask"])
      .default("drop")
      .describe(
        "`paired`: what happens to a candidate that is shown to be neither better nor not: `drop` it, test on half of the tasks and `keep` it for all, or `ask` a person",
      ),
    temperature: z
      .number()
      .min(0.0001)
      .max(1)
      .default(0.02)
      .describe(
        "`annealed`: mean loss accepted with probability 1/e at the start; it falls to a half of that at half of the run",
      ),
  };
}

export type AcceptanceSettings = z.output<z.ZodObject<ReturnType<typeof acceptanceSettings>>>;

/** The trial of a recipe with these settings. With `fuses` the accepted candidates are also tried together. */
export function trialWith(settings: AcceptanceSettings, { fuses = false }: { fuses?: boolean } = {}): Trial {
  const { acceptance, band, margin, mostBroken, alpha, leastGain, mostLoss, inconclusive, temperature } = settings;
  const paired: PairedTerms = { alpha, leastGain, mostLoss, mostBroken, inconclusive };
  if (acceptance === "always") return noTrial;
  if (acceptance === "paired" && inconclusive === "keep") {
    const half = { ...paired, alpha: alpha / 2 };
    if (fuses)
      throw new SettingsError(
        "inconclusive",
        'With "combine": "fusion" a candidate cannot be kept for more tasks. Set "inconclusive" to "drop" or "ask", or "combine" to "best".',
      );
    return inHalves(pairedAcceptance(half), pairedAcceptance({ ...half, inconclusive: "drop" }));
  }
  const chosen = {
    strict: () => strictAcceptance,
    "no-worse": () => noWorseAcceptance,
    tolerant: () => tolerantAcceptance(band),
    repairs: () => repairsAcceptance({ margin, mostBroken }),
    paired: () => pairedAcceptance(paired),
    race: () => raceAcceptance(),
    annealed: () => annealed(temperature),
  }[acceptance]();
  return againstHead(chosen, { fuses });
}
