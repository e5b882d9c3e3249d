import { z } from "zod";
import { annealed, noWorseAcceptance, strictAcceptance, tolerantAcceptance } from "../policies/acceptance.ts";
import { pairedAcceptance, type PairedTerms } from "../policies/acceptances/paired.ts";
import { raceAcceptance } from "../policies/acceptances/race.ts";
import { repairsAcceptance } from "../policies/acceptances/repairs.ts";
import { headArchive, mostMembers, type Archive } from "../policies/archive.ts";
import { stretchArchive } from "../policies/archives/stretch.ts";
import { versionArchive } from "../policies/archives/versions.ts";
import { optimisticTrial } from "../policies/audits/optimistic-trial.ts";
import { noneRejected, type RejectedEdits } from "../policies/rejected-edits.ts";
import { againstHead, inHalves, measuredTrial, noTrial, type Trial } from "../policies/trial.ts";
import { halvingTrial } from "../policies/trials/halving.ts";
import { withParts } from "../policies/trials/parts.ts";
import { SettingsError } from "../state/errors.ts";

const names = [
  "strict",
  "no-worse",
  "tolerant",
  "repairs",
  "paired",
  "race",
  "annealed",
  "optimistic",
  "always",
] as const;

/** The settings of a recipe that compares candidates with its head: the acceptance by name, and the terms of those that have any. */
export function acceptanceSettings(standard: (typeof names)[number]) {
  return {
    acceptance: z
      .enum(names)
      .default(standard)
      .describe(
        "how a candidate is compared with the head: strictly better (`strict`); also no worse with fewer tokens or a gain on the replay (`no-worse`); better by more than `band` (`tolerant`); more tasks repaired than broken (`repairs`); shown to be better by a paired test (`paired`) or a sequential one (`race`); worse at first, ever more rarely (`annealed`); taken on what replaying says, and audited together at intervals (`optimistic`; as `strict` while that has not proved right); or not at all (`always`)",
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
    attribution: z
      .enum(["none", "halves", "leave-one-out"])
      .nullable()
      .default(null)
      .describe(
        "what happens to the edits of a rejected candidate: nothing, each half is measured and rejected halves again (`halves`), or all but one each (`leave-one-out`); null for `halves` with optimistic acceptance, else nothing",
      ),
    mostParts: z
      .int()
      .positive()
      .max(16)
      .default(4)
      .describe("`attribution`: most parts of rejected candidates measured per generation"),
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

/** The terms that only some acceptances have. */
const usedBy: Partial<Record<keyof AcceptanceSettings, ReadonlyArray<AcceptanceSettings["acceptance"]>>> = {
  band: ["tolerant"],
  margin: ["repairs"],
  mostBroken: ["repairs", "paired"],
  alpha: ["paired"],
  leastGain: ["paired"],
  mostLoss: ["paired"],
  inconclusive: ["paired"],
  temperature: ["annealed"],
};

/** The terms that are not as they are where `standard` is the acceptance and nothing else is chosen. */
function changedTerms(settings: AcceptanceSettings, standard: (typeof names)[number]): (keyof AcceptanceSettings)[] {
  const shape = acceptanceSettings(standard);
  const usual = z.object(shape).parse({});
  return (Object.keys(shape) as (keyof AcceptanceSettings)[]).filter((term) => settings[term] !== usual[term]);
}

/** Throws a SettingsError for a term that was changed and that the chosen acceptance does not have. */
function refuseIdleTerms(settings: AcceptanceSettings, combine: Combining): void {
  const { acceptance, attribution } = settings;
  const changed = changedTerms(settings, acceptance);
  for (const [term, users] of Object.entries(usedBy))
    if (changed.includes(term as keyof AcceptanceSettings) && !users.includes(acceptance))
      throw idle(term, acceptance, users);
  const comparing = names.filter((name) => name !== "always");
  if (acceptance === "always" && combine !== "best") throw idle("combine", acceptance, comparing);
  const isSplit = (attribution ?? (acceptance === "optimistic" ? "halves" : "none")) !== "none";
  if (acceptance === "always" && isSplit) throw idle("attribution", acceptance, comparing);
  if (changed.includes("mostParts") && !isSplit)
    throw new SettingsError(
      "mostParts",
      'The setting "mostParts" has no effect without "attribution". Set "attribution" to "halves" or "leave-one-out", or leave "mostParts" out.',
    );
}

function idle(term: string, acceptance: string, users: readonly string[]): SettingsError {
  const list = users.map((name) => `"${name}"`).join(" or ");
  const remedy = users.length > 2 ? `Choose another acceptance` : `Set "acceptance" to ${list}`;
  return new SettingsError(
    term,
    `The setting "${term}" has no effect with "acceptance": "${acceptance}". ${remedy}, or leave "${term}" out.`,
  );
}

/** Each candidate is measured once on all validation tasks in use, and committed whatever its scores are. */
const ungated = {
  rejected: noneRejected,
  trial: measuredTrial,
  archive: versionArchive({ most: mostMembers, keepsAll: true }),
};

/**
 * The gate of a recipe whose source has none, with the acceptance that is standard there: none as published. Throws a SettingsError for a gate that was
 * chosen as published.
 */
export function gateOfOurs(
  settings: AcceptanceSettings & { asPublished: boolean },
  standard: (typeof names)[number],
): { trial: Trial; archive: Archive; rejected?: RejectedEdits } {
  if (!settings.asPublished) return gateWith(settings);
  const [chosen] = changedTerms(settings, standard);
  if (chosen === undefined) return ungated;
  throw new SettingsError(
    chosen,
    `The setting "${chosen}" has no effect as published, where each candidate is committed. Leave out "${chosen}" or "asPublished".`,
  );
}

/** What is done with several candidates: the best accepted one, all accepted ones together as well, or half of them at a time dropped. */
type Combining = "best" | "fusion" | "halving";

/** How a recipe with these settings measures candidates, and which programs it keeps. */
export function gateWith(
  settings: AcceptanceSettings,
  combine: Combining = "best",
): { trial: Trial; archive: Archive } {
  const { acceptance } = settings;
  refuseIdleTerms(settings, combine);
  if (acceptance !== "optimistic")
    return { trial: trialWith({ ...settings, acceptance }, combine), archive: headArchive };
  if (combine !== "best")
    throw new SettingsError(
      "combine",
      `Optimistic acceptance takes one candidate at a time, so it cannot be used with "combine": "${combine}". Set "acceptance" to "no-worse", or leave "combine" out.`,
    );
  const compared = trialWith(
    { ...settings, acceptance: "strict", attribution: settings.attribution ?? "halves" },
    combine,
  );
  return { trial: optimisticTrial(compared), archive: stretchArchive };
}

/** Those that want a larger sum of scores, and go through the failures of the head first: what a candidate repaired is known when it is rejected. */
const gaining: readonly string[] = ["strict", "tolerant", "repairs"];

type Comparing = AcceptanceSettings & { acceptance: Exclude<AcceptanceSettings["acceptance"], "optimistic"> };

function trialWith(settings: Comparing, combine: Combining): Trial {
  const { acceptance, band, margin, mostBroken, alpha, leastGain, mostLoss, inconclusive, temperature } = settings;
  const { mostParts } = settings;
  const attribution = settings.attribution ?? "none";
  const paired: PairedTerms = { alpha, leastGain, mostLoss, mostBroken, inconclusive };
  if (acceptance === "always") return noTrial;
  if (acceptance === "paired" && inconclusive === "keep") {
    const half = { ...paired, alpha: alpha / 2 };
    if (combine !== "best" || attribution !== "none")
      throw new SettingsError(
        "inconclusive",
        'Candidates are kept for more tasks only with "combine": "best" and "attribution": "none". Set "inconclusive" to "drop" or "ask".',
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
  const trial = combine === "halving" ? halvingTrial(chosen) : againstHead(chosen, { fuses: combine === "fusion" });
  return attribution === "none"
    ? trial
    : withParts(trial, {
        parts: attribution,
        most: mostParts,
        acceptance: chosen,
        screens: gaining.includes(acceptance),
      });
}
