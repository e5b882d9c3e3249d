import { z } from "zod";
import { shorten } from "../../skills/shorten.ts";
import { rounded } from "../../state/rounding.ts";
import { nothingObserved, type Observed, type Policy } from "../policy.ts";

const characters = 60;
/** Failure modes that are counted, and that a card names. */
const [mostModes, named] = [40, 5];
/** A mode that is at least this share of the failures is a weakness, a success rate or share from there on a strength. */
const [leastShare, leastStrength] = [0.1, 0.8];

/** Sums over rollouts; of idle the sum of shares. */
const Counts = z.strictObject({
  rollouts: z.int().nonnegative(),
  successes: z.int().nonnegative(),
  idle: z.number().nonnegative(),
  turns: z.number().nonnegative(),
  tokens: z.number().nonnegative(),
  modes: z.record(z.string(), z.int().positive()),
});
type Counts = z.infer<typeof Counts>;

/** What preliminary rollouts say of an agent: shares in 0..1, means for each rollout, weaknesses by how often they fail, worst first. */
export interface ModelCard {
  /** What a person says of the model; "" for nothing. */
  model: string;
  rollouts: number;
  success: number;
  idle: number;
  turns: number;
  tokens: number;
  /** Failure modes, each with its share of the rollouts. */
  weaknesses: ReadonlyArray<{ mode: string; share: number }>;
}

/** A card of the agent, for proposers. */
export interface ModelCards extends Policy {
  /** Rollouts of the batch are given to it one by one. */
  readonly observes: { readonly context?: never };
  /** The card with the rollouts of the batch, as far as they are preliminary; null where nothing is known. */
  decide(of: { observed: Observed }, memory: unknown): ModelCard | null;
}

const none: Counts = { rollouts: 0, successes: 0, idle: 0, turns: 0, tokens: 0, modes: {} };

/**
 * MASA's model card (arXiv 2605.30723 [S]): architecture, size and training as a person tells them (`model`), strengths and weaknesses from
 * preliminary rollouts, without expected answers. These are the rollouts of the first batches, until there are at least `rollouts` of them; that weaknesses are the kinds of failures
 * the analyzer found is ours [R].
 */
export function modelCard({ model, rollouts: enough }: { model: string; rollouts: number }): ModelCards {
  return {
    name: `card.model of ${enough}`,
    version: 1,
    observes: {},
    memory: {
      schema: Counts,
      start: none,
      maxBytes: 16_000,
      learn: (memory, { observed = nothingObserved }) => counted(Counts.parse(memory), observed, enough),
    },
    decide: ({ observed }, memory) => cardOf(counted(Counts.parse(memory), observed, enough), model),
    describe(memory) {
      const card = cardOf(Counts.parse(memory), model);
      const rows = card === null ? [] : linesOf(card);
      return { title: "Model card", columns: ["what", "preliminary rollouts"], texts: 2, rows };
    },
  };
}

function counted(known: Counts, { rollouts }: Observed, enough: number): Counts {
  if (known.rollouts >= enough || rollouts.length === 0) return known;
  const modes = new Map(Object.entries(known.modes));
  for (const { mode } of rollouts) {
    if (mode === null) continue;
    const name = shorten(mode, characters);
    modes.set(name, (modes.get(name) ?? 0) + 1);
  }
  const kept = [...modes].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).slice(0, mostModes);
  const sum = (valueOf: (one: Observed["rollouts"][number]) => number, before: number) =>
    rounded(
      rollouts.reduce((total, one) => total + valueOf(one), before),
      9,
    );
  return {
    rollouts: known.rollouts + rollouts.length,
    successes: sum(({ success }) => (success ? 1 : 0), known.successes),
    idle: sum(({ idle }) => idle, known.idle),
    turns: sum(({ turns }) => turns, known.turns),
    tokens: sum(({ tokens }) => tokens, known.tokens),
    modes: Object.fromEntries(kept),
  };
}

function cardOf({ rollouts, successes, idle, turns, tokens, modes }: Counts, model: string): ModelCard | null {
  if (rollouts === 0) return null;
  const failures = rollouts - successes;
  const weaknesses = Object.entries(modes)
    .toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .filter(([, count]) => count >= leastShare * failures)
    .slice(0, named)
    .map(([mode, count]) => ({ mode, share: rounded(count / rollouts, 9) }));
  const mean = (sum: number) => rounded(sum / rollouts, 9);
  const success = mean(successes);
  return { model, rollouts, success, idle: mean(idle), turns: mean(turns), tokens: mean(tokens), weaknesses };
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

function linesOf({ model, rollouts, success, idle, turns, tokens, weaknesses }: ModelCard): Array<[string, string]> {
  const strengths = [
    ...(success >= leastStrength ? [`${percent(success)} of the rollouts went well`] : []),
    ...(turns > 0 && 1 - idle >= leastStrength ? [`${percent(1 - idle)} of the steps have an effect`] : []),
  ];
  const weak = [
    ...(success < leastStrength ? [`${percent(1 - success)} of the rollouts failed`] : []),
    ...weaknesses.map(({ mode, share }) => `${mode}: ${percent(share)} of the rollouts`),
    ...(turns > 0 && 1 - idle < leastStrength ? [`${percent(idle)} of the steps have no effect`] : []),
  ];
  return [
    ...(model === "" ? [] : [["model", model] as [string, string]]),
    ["preliminary rollouts", String(rollouts)],
    ["steps for each", turns.toFixed(1)],
    ["tokens for each", String(Math.round(tokens))],
    ...strengths.map((text): [string, string] => ["strength", text]),
    ...weak.map((text): [string, string] => ["weakness", text]),
  ];
}

/** The card for a prompt, a line each. */
export function cardText(card: ModelCard): string {
  return [
    "What is known of the agent that reads the skills (its model card):",
    ...linesOf(card).map(([what, text]) => `${what}: ${text}`),
  ].join("\n");
}
