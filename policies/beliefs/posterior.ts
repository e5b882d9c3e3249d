/** What one piece of evidence says: whether it was a success, and its discrete features by name. */
export interface Witness {
  success: boolean;
  features: Readonly<Record<string, string>>;
}

/** `categorical`: naive Bayes over features; `beta`: Beta-Bernoulli; `frequentist`: plain counts (Bayesian-Agent [C]). */
export type PosteriorKind = "categorical" | "beta" | "frequentist";

/** What a count starts from, for successes and for failures: 1 in both posteriors, 0 in plain counts [C]. */
export function priorOf(kind: PosteriorKind): number {
  return kind === "frequentist" ? 0 : 1;
}

/**
 * The probability of a success in 0..1, given features; those that are not named say nothing. Only the categorical posterior uses features,
 * and without any it is that of Beta(1, 1). Plain counts of nothing are 0 (Bayesian-Agent, core/belief.py [C]).
 */
export function successProbability(
  kind: PosteriorKind,
  evidence: readonly Witness[],
  features: Witness["features"] = {},
): number {
  if (kind === "categorical") return categoricalPosterior(evidence, features);
  const prior = priorOf(kind);
  const total = evidence.length + 2 * prior;
  return total === 0 ? 0 : (successesIn(evidence) + prior) / total;
}

/**
 * Naive Bayes with a smoothing of 1: P(y) = (N_y + 1) / (N + 2), and for each feature P(x = v | y) = (N_v,y + 1) / (N_y + |V|), where N_y counts
 * the evidence of the class that has the feature, and V are its values so far, with v where it is new (Bayesian-Agent,
 * core/algorithms/categorical_bayes.py [C]). Summed as logarithms, so that many features do not come to 0.
 */
export function categoricalPosterior(evidence: readonly Witness[], features: Witness["features"] = {}): number {
  const classes = [true, false].map((success) => evidence.filter((one) => one.success === success));
  const logs = classes.map((own) => {
    const prior = Math.log((own.length + 1) / (evidence.length + 2));
    return Object.entries(features).reduce((sum, feature) => sum + Math.log(likelihood(feature, own, evidence)), prior);
  });
  const [success, failure] = logs as [number, number];
  return 1 / (1 + Math.exp(failure - success));
}

function likelihood([name, value]: [string, string], own: readonly Witness[], all: readonly Witness[]): number {
  const valuesIn = (evidence: readonly Witness[]) =>
    evidence.flatMap(({ features }) => (Object.hasOwn(features, name) ? [features[name] as string] : []));
  const given = valuesIn(own);
  const known = new Set([...valuesIn(all), value]);
  return (given.filter((each) => each === value).length + 1) / (given.length + known.size);
}

export function successesIn(evidence: readonly Witness[]): number {
  return evidence.filter(({ success }) => success).length;
}

/** Upper ends of the buckets of tokens, and of turns, with their names [C]. */
const tokenBuckets: Buckets = [
  [0, "0"],
  [1_000, "1_1k"],
  [10_000, "1k_10k"],
  [100_000, "10k_100k"],
  [1_000_000, "100k_1m"],
  [Infinity, "1m_plus"],
];
const turnBuckets: Buckets = [
  [0, "0"],
  [2, "1_2"],
  [5, "3_5"],
  [10, "6_10"],
  [20, "11_20"],
  [Infinity, "20_plus"],
];

type Buckets = ReadonlyArray<readonly [most: number, name: string]>;

/** The bucket of a number of tokens. */
export function tokenBucket(tokens: number): string {
  return bucketOf(tokens, tokenBuckets);
}

/** The bucket of a number of turns. */
export function turnBucket(turns: number): string {
  return bucketOf(turns, turnBuckets);
}

function bucketOf(value: number, buckets: Buckets): string {
  return (buckets.find(([most]) => value <= most) as Buckets[number])[1];
}
