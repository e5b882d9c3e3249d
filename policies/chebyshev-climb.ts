import { mainObjective, memberOf, type ArchiveView, type Means, type OpenMember } from "../state/archive.ts";
import { createDraw } from "../state/draw.ts";
import { SettingsError } from "../state/errors.ts";
import type { Evidence } from "../state/evidence.ts";
import type { Settings } from "../state/settings.ts";
import type { Acceptance } from "./acceptance.ts";
import type { Archive } from "./archive.ts";
import { dirichletSample } from "./draws/dirichlet.ts";
import { chebyshev, nearestToIdeal } from "./fronts/chebyshev.ts";
import { paretoFront } from "./fronts/dominance.ts";
import { hypervolumeContribution } from "./fronts/hypervolume.ts";
import { manyArchive, type Ranked } from "./many-archive.ts";
import { explorationProbability } from "./schedules/annealing.ts";
import { progressOf } from "./schedules/progress.ts";
import type { Selection } from "./selection.ts";
import type { Trial, TrialInput } from "./trial.ts";

/** Objectives by name, correctness first, and how one number is made of them for a generation. */
export interface Weighing {
  objectives: readonly string[];
  /** Of the Dirichlet distribution that a generation's weights are drawn from. */
  alpha: number;
  /** Added to the Chebyshev distance, so that of members alike in the worst objective the better one is taken. */
  augmentation: number;
}

/** The vector of a program; an objective that nobody measured is an error that names those that are there. */
function vectorOf(means: Means, objectives: readonly string[]): number[] {
  return objectives.map((objective) => {
    const value = means[objective];
    if (value === undefined)
      throw new SettingsError(
        "objectives",
        `The objective "${objective}" is not available. Available are: ${Object.keys(means).join(", ")}. The objectives of a run cannot be changed; start another with the setting "objectives" corrected.`,
      );
    if (value !== null && !(value >= 0 && value <= 1))
      throw new SettingsError("objectives", `The objective "${objective}" is ${value}; it must be in 0..1.`);
    return value ?? 0;
  });
}

/** The weights of a generation, the same wherever they are asked for in it. */
function weightsOf({ objectives, alpha }: Weighing, { seed }: Settings, generation: number): number[] {
  return dirichletSample(
    objectives.map(() => alpha),
    createDraw(seed, generation, "objective-weights"),
  );
}

/** The member nearest to the ideal point under the weights of the generation (MOCHA, arXiv 2605.19330 [P-digest]). */
export function chebyshevSelection(of: Weighing): Selection {
  return {
    name: `selection.chebyshev ${of.objectives.join(" ")}`,
    version: 1,
    decide({ archive: { members, head }, generation, settings }) {
      const measured = members.filter(({ column }) => column !== null);
      if (measured.length === 0) return { parents: [head], ancestor: null };
      const vectors = measured.map(({ means }) => vectorOf(means, of.objectives));
      const { augmentation } = of;
      const nearest = nearestToIdeal(vectors, { weights: weightsOf(of, settings, generation), augmentation });
      return { parents: [(measured[nearest] as OpenMember).program], ancestor: null };
    },
  };
}

/**
 * A minibatch on which the candidate must either widen the front (exploring) or come nearer to the ideal point than its parent, under
 * the same weights (exploiting); then all validation tasks. Exploring becomes rarer as the budget is spent (MOCHA [P-digest]; where
 * the minibatch says what a candidate gains on its parent, and that this is added to the parent's means, is ours [R], and so is that
 * each that passes is measured at once in the place of a queue).
 */
export function chebyshevTrial(of: Weighing & { rate: number }): Trial {
  return {
    name: `trial.chebyshev ${of.objectives.join(" ")}`,
    version: 1,
    takesShorter: true,
    stages(input, _, draw) {
      const { batch, settings } = input;
      const isExploring = draw(0) < explorationProbability({ ...progressOf(input), rate: of.rate });
      return [
        {
          name: "minibatch",
          suite: "train",
          tasks: batch,
          against: "parents",
          acceptance: vectorAcceptance(of, input, isExploring),
          keep: settings.candidates,
        },
        { name: "validation", against: "none" },
      ];
    },
    cost: ({ settings, batch, validation }) => ({
      start: validation,
      least: batch,
      most: settings.candidates * (batch + validation),
    }),
  };
}

function vectorAcceptance(
  of: Weighing,
  { archive, parents, settings, generation }: TrialInput,
  isExploring: boolean,
): Acceptance {
  const parent = memberOf(archive.members, parents[0] ?? archive.head);
  const scalarization = { weights: weightsOf(of, settings, generation), augmentation: of.augmentation };
  return {
    name: "acceptance.vector",
    version: 1,
    takesShorter: true,
    plan: (other) => ({ order: "minibatch", tasks: [...other.keys()] }),
    look: () => "more",
    decide(evidence) {
      const { candidate, other } = evidence.columns;
      if (candidate.length < other.length)
        return { accepted: false, decided: false, reason: "not enough evidence", delta: 0 };
      const before = startOf(parent, evidence);
      const child = vectorOf(shifted(before, evidence), of.objectives);
      const old = vectorOf(before, of.objectives);
      const delta = (child[0] ?? 0) - (old[0] ?? 0);
      if (isExploring) {
        const accepted = hypervolumeContribution(child, frontVectors(archive, of.objectives, old)) > 0;
        return { accepted, decided: true, reason: accepted ? "widens the front" : "does not widen the front", delta };
      }
      const accepted = chebyshev(child, scalarization) < chebyshev(old, scalarization);
      return { accepted, decided: true, reason: accepted ? "nearer to the ideal" : "not nearer to the ideal", delta };
    },
  };
}

/** The parent's means; what the minibatch says where it was not measured yet. */
function startOf(parent: OpenMember | undefined, { means }: Evidence): Means {
  return parent === undefined || parent.column === null ? means.other : parent.means;
}

/** The parent's means, with what the candidate gains on it on the minibatch. */
function shifted(before: Means, { means: { candidate, other } }: Evidence): Means {
  return Object.fromEntries(
    Object.entries(before).map(([objective, value]) => {
      const [here, there] = [candidate[objective] ?? null, other[objective] ?? null];
      const gain = here === null || there === null ? 0 : here - there;
      return [objective, value === null ? value : Math.min(1, Math.max(0, value + gain))];
    }),
  );
}

function frontVectors({ members }: ArchiveView, objectives: readonly string[], parent: number[]): number[][] {
  const measured = members.filter(({ column }) => column !== null);
  return measured.length === 0 ? [parent] : measured.map(({ means }) => vectorOf(means, objectives));
}

/** Those that no other dominates; over the cap those that add most to the hypervolume [R]. */
export function frontArchive({ objectives }: Pick<Weighing, "objectives">, most: number): Archive {
  return manyArchive({
    name: `archive.front ${objectives.join(" ")}`,
    version: 1,
    most,
    keep(all, cap) {
      const measured = all.filter(({ means }) => means[mainObjective] !== undefined);
      const vectors = measured.map(({ means }) => vectorOf(means, objectives));
      const front = paretoFront(vectors);
      const share = (index: number) =>
        hypervolumeContribution(
          vectors[index] as number[],
          front.filter((one) => one !== index).map((one) => vectors[one] as number[]),
        );
      const ranked = front.length <= cap ? front : front.toSorted((a, b) => share(b) - share(a));
      return ranked.map((index) => measured[index] as Ranked);
    },
  });
}
