import { z } from "zod";
import { rounded } from "../../state/rounding.ts";
import { weightedChoice } from "../draws/weighted-choice.ts";
import type { Alternative, Drafting } from "../drafting.ts";
import type { MemoryTable } from "../policy.ts";
import { armProbabilities, trainSoftmax, type Decision, type Training } from "./softmax-policy.ts";

const Features = z.record(z.string(), z.number());
type Features = z.infer<typeof Features>;

/** The choice of a generation: features of all arms, the chosen one, and its probability then. In `extra.choice` of the candidate. */
const GeneratorChoice = z.strictObject({
  arms: z.array(Features).min(1),
  chosen: z.int().nonnegative(),
  probability: z.number().positive().max(1),
});
type GeneratorChoice = z.infer<typeof GeneratorChoice>;

/** A choice, and the mean advantages of its rollouts above and below 0. */
const Rewarded = GeneratorChoice.extend({
  step: z.int().positive(),
  better: z.number().nonnegative(),
  worse: z.number().nonpositive(),
});
type Rewarded = z.infer<typeof Rewarded>;

const Learned = z.strictObject({
  weights: Features,
  /** Choices of the chain that goes on. */
  chain: z.array(Rewarded),
  /** Chains that weights were trained on. */
  trained: z.int().nonnegative(),
});
type Learned = z.infer<typeof Learned>;

interface GeneratorOptions extends Training {
  /** The number of drafts that are asked for. */
  alternatives: number;
  /** The weight of a generation relative to the one before it in its chain, above 0, at most 1. */
  gamma: number;
  /** Whether weights stay those of the reference: the inference-only variant. */
  frozen: boolean;
}

/** The reference policy prefers what the proposer prefers: of three alternatives it takes the first in 3 of 4 cases (ours [R]). */
const reference: Readonly<Features> = { order: 3 };

/** Features are rounded to so many digits. */
const digits = 6;
const mostWeights = 128;
const shownWeights = 20;
const characters = 40;
const operatorsSeen = 2;

/**
 * The trained generator of Skill-R1 (arXiv 2605.09359, A.2, A.3 [P]) over edits instead of text [R]: a softmax policy chooses one of several
 * drafts by operator, kind of edit and target, and at the end of each episode its weights move along the clipped group-relative
 * gradient with KL to the reference. Rollouts of one revision share one choice, so their advantages are summed above and below 0, which leaves the
 * objective as it is. Throws a StateError where a weight is no finite number any more.
 */
export function trainedGenerator({ alternatives, gamma, frozen, ...training }: GeneratorOptions): Drafting {
  return {
    name: `drafting.generator${frozen ? " frozen" : ""}`,
    version: 1,
    memory: {
      schema: Learned,
      start: { weights: { ...reference }, chain: [], trained: 0 },
      maxBytes: 48_000,
      learn(memory, { episode, candidate }) {
        const known = Learned.parse(memory);
        if (frozen || episode === null) return known;
        const choice = GeneratorChoice.safeParse(candidate?.extra["choice"]).data;
        const { revision, step, end } = episode;
        const isRewarded = choice !== undefined && revision !== null && revision.after !== null;
        const chain = isRewarded
          ? [...known.chain, { ...choice, step, better: revision.better, worse: revision.worse }]
          : known.chain;
        if (end === null) return { ...known, chain };
        if (chain.length === 0) return known;
        const decisions = chain.flatMap((one) => decisionsOf(one, gamma));
        const weights = largest(trainSoftmax(known.weights, reference, { decisions, ...training }));
        return { weights, chain: [], trained: known.trained + 1 };
      },
    },
    decide: () => ({ kind: "separate", drafts: alternatives, onFiles: false, areAlternatives: true }),
    choose(of, memory, draw) {
      const { weights } = Learned.parse(memory);
      const arms = differing(of.map(featuresOf));
      const probabilities = armProbabilities(weights, arms);
      const chosen = weightedChoice(probabilities, draw(0));
      // A probability of 0 is never chosen, but one may be rounded to it.
      const probability = Math.max(10 ** -9, rounded(probabilities[chosen] as number, 9));
      return { chosen, extra: { choice: { arms, chosen, probability } satisfies GeneratorChoice } };
    },
    describe: (memory) => tableOf(Learned.parse(memory)),
  };
}

/** The weights that decide most, for people. */
function tableOf({ weights, trained }: Learned): MemoryTable {
  const rows = Object.entries(weights).toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  return {
    title: `Weights of the generator after ${trained} episodes`,
    columns: ["feature", "weight"],
    texts: 1,
    rows: rows.slice(0, shownWeights).map(([name, weight]) => [name, weight.toFixed(3)]),
  };
}

/** One decision for the advantages above 0 and one for those below: the mean of both is that over the rollouts. */
function decisionsOf({ arms, chosen, probability, step, better, worse }: Rewarded, gamma: number): Decision[] {
  const weight = gamma ** (step - 1);
  return [better, worse].map((part) => ({ arms, chosen, probability, advantage: 2 * part, weight }));
}

/** Names are short, and "operator x" is no other feature. */
function featuresOf({ operators, edits, size, deficiency }: Alternative, place: number): Features {
  const features: Record<string, number> = { order: 1 / (1 + place), size };
  const add = (name: string, value: number) => {
    const key = name.slice(0, characters);
    features[key] = (Object.hasOwn(features, key) ? (features[key] as number) : 0) + value;
  };
  const used = operators.slice(0, operatorsSeen);
  for (const operator of used) {
    add(`operator ${operator}`, 1 / used.length);
    if (deficiency !== null) add(`${deficiency.defect}: operator ${operator}`, 1 / used.length);
  }
  for (const op of edits) add(`edit ${op}`, 1 / edits.length);
  if (deficiency !== null) {
    add(`defect ${deficiency.defect}`, 1);
    add("severity", { low: 0, medium: 0.5, high: 1 }[deficiency.severity]);
    add("share", deficiency.share);
  }
  return features;
}

/** Without what all arms have in common, which decides nothing; rounded. */
function differing(arms: readonly Features[]): Features[] {
  const valueIn = (arm: Features, name: string) => (Object.hasOwn(arm, name) ? (arm[name] as number) : 0);
  const names = [...new Set(arms.flatMap((arm) => Object.keys(arm)))];
  const different = names.filter((name) =>
    arms.some((arm) => valueIn(arm, name) !== valueIn(arms[0] as Features, name)),
  );
  return arms.map((arm) =>
    Object.fromEntries(
      different.flatMap((name) => {
        const value = rounded(valueIn(arm, name), digits);
        return value === 0 ? [] : [[name, value]];
      }),
    ),
  );
}

/** As many weights as are kept: the largest. */
function largest(weights: Features): Features {
  const entries = Object.entries(weights).toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  return Object.fromEntries(entries.slice(0, mostWeights));
}
