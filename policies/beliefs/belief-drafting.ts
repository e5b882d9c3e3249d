import { z } from "zod";
import { shorten } from "../../skills/shorten.ts";
import { Hash } from "../../state/json.ts";
import type { Settings } from "../../state/settings.ts";
import type { Drafting, DraftPlan } from "../drafting.ts";
import { meanScore } from "../scores.ts";
import { nothingObserved, type MemoryTable, type SkillEvidence, type Observed } from "../policy.ts";
import {
  beliefOf,
  chooseAction,
  contextFeature,
  modeFeature,
  noMode,
  type Action,
  type ActionChoice,
} from "./actions.ts";
import { successProbability, tokenBucket, turnBucket, type PosteriorKind, type Witness } from "./posterior.ts";

/** A rollout as it is remembered: 1 for a success, context, failure mode, tokens, turns. */
const Entry = z.tuple([
  z.union([z.literal(0), z.literal(1)]),
  z.string(),
  z.string().nullable(),
  z.number(),
  z.number(),
]);
type Entry = z.infer<typeof Entry>;

/** Actions that are not repeated on the same version of a skill. */
const Repeatable = z.enum(["retire", "split", "compress"]);

/** The evidence ring of a skill, oldest first. `version` is null where evidence of all versions counts. `failed` are actions that came to nothing. */
const Ring = z.strictObject({
  skill: z.string(),
  version: Hash.nullable(),
  entries: z.array(Entry),
  failed: z.array(Repeatable),
});
type Ring = z.infer<typeof Ring>;

/** Rings by skill, the one observed last at the end. */
const Rings = z.array(Ring);

/** Evidence of all skills together, beyond which the skills that were not observed for longest are forgotten (ours [R]). */
const mostEntries = 2000;
/** Names of contexts and failure modes are cut to so many characters. */
const characters = 40;
/** Entries of two names in the widest characters. */
const maxBytes = mostEntries * 560;

export interface BeliefOptions {
  /** The field of a task's meta that names its context. */
  context: string;
  posterior: PosteriorKind;
  /** Maximum number of the latest rollouts of a skill that count; 100 [C]. */
  window: number;
  /** Least number of rollouts with the same failure mode for an edit to be proposed from them; 2 [C]. */
  support: number;
  /** Whether the evidence of a skill starts anew when its text changes, and what came to nothing is not repeated before (ours [R]). */
  perVersion: boolean;
}

/**
 * Acts on one skill by what is believed of it: patch, split, compress or retire it, or only gather evidence (Bayesian-Agent, core/policy.py and
 * belief.py [C]). Evidence is one rollout of a train task for each skill it used; that of the batch counts. Of several skills with an action, the
 * one that probably succeeds least in the contexts of the batch goes first [R]. The last skill of a program is never retired [R].
 */
export function beliefDrafting(options: BeliefOptions): Drafting {
  const { context, posterior, window, support, perVersion } = options;
  const versions = perVersion ? "per version" : "all versions";
  return {
    name: `drafting.beliefs ${posterior} of ${context}, ${window} ${versions}, support ${support}`,
    version: 1,
    observes: { context },
    memory: {
      schema: Rings,
      start: [],
      maxBytes,
      learn(memory, { observed = nothingObserved, verdict, evidence, others }) {
        const rings = observe(Rings.parse(memory), observed, options);
        const isAccepted = verdict.accepted || others.some((one) => one.verdict.accepted);
        // What was measured and not decided may be tried again.
        const isOver = !isAccepted && (verdict.decided || evidence === null);
        const tried = isOver && perVersion ? nextAction(rings, observed, options) : undefined;
        const failed = Repeatable.safeParse(tried?.choice.action).data;
        if (failed === undefined) return rings;
        return rings.map((ring) =>
          ring.skill === tried?.ring.skill ? { ...ring, failed: [...ring.failed, failed] } : ring,
        );
      },
    },
    decide({ settings, observed = nothingObserved }, memory) {
      const next = nextAction(observe(Rings.parse(memory), observed, options), observed, options);
      return next === undefined ? { kind: "none" } : planOf(next, { settings, observed, support });
    },
    describe: (memory) => tableOf(Rings.parse(memory), posterior),
  };
}

/** The rings with the rollouts of a batch, of the skills that are there and that something is known of. */
function observe(
  rings: readonly Ring[],
  { skills, rollouts }: Observed,
  { window, perVersion }: BeliefOptions,
): Ring[] {
  const known = new Map(rings.map((ring) => [ring.skill, ring]));
  const observed = Object.entries(skills).flatMap(([skill, hash]): Ring[] => {
    const version = perVersion ? hash : null;
    const before = known.get(skill);
    const now = rollouts.filter((one) => one.skills.includes(skill)).map(entryOf);
    const isSame = before !== undefined && before.version === version;
    if (now.length === 0) return isSame ? [before] : [];
    const entries = [...(isSame ? before.entries : []), ...now].slice(-window);
    return [{ skill, version, entries, failed: isSame ? before.failed : [] }];
  });
  // Where nothing was rolled out, nothing is known of which skills there are.
  const all = Object.keys(skills).length === 0 ? [...rings] : observed;
  return withinBound(all);
}

function entryOf({ success, context, mode, tokens, turns }: SkillEvidence): Entry {
  return [
    success ? 1 : 0,
    shorten(context, characters),
    mode === null ? null : shorten(mode, characters),
    tokens,
    turns,
  ];
}

function withinBound(rings: readonly Ring[]): Ring[] {
  let left = mostEntries;
  return rings
    .toReversed()
    .filter(({ entries }) => {
      left -= entries.length;
      return left >= 0;
    })
    .toReversed();
}

/** The features of the source, but for the duration, which is no part of the state. */
function witnessOf([success, context, mode, tokens, turns]: Entry): Witness {
  return {
    success: success === 1,
    features: {
      [contextFeature]: context,
      [modeFeature]: mode ?? noMode,
      token_bucket: tokenBucket(tokens),
      turn_bucket: turnBucket(turns),
    },
  };
}

interface Next {
  ring: Ring;
  choice: ActionChoice;
}

/** What to do next; undefined where no skill asks for more than evidence. */
function nextAction(rings: readonly Ring[], observed: Observed, { posterior }: BeliefOptions): Next | undefined {
  const isAlone = Object.keys(observed.skills).length < 2;
  const waiting = rings.flatMap((ring) => {
    const evidence = ring.entries.map(witnessOf);
    const choice = chooseAction(
      beliefOf(evidence, posterior),
      new Set<Action>([...ring.failed, ...(isAlone ? ["retire" as const] : [])]),
    );
    if (choice.action === "explore" || !Object.hasOwn(observed.skills, ring.skill)) return [];
    const own = observed.rollouts.filter(({ skills }) => skills.includes(ring.skill));
    const chances = new Map<string, number>();
    for (const context of new Set(own.map((one) => one.context)))
      chances.set(context, successProbability(posterior, evidence, { [contextFeature]: shorten(context, characters) }));
    const chance = meanScore(own.map(({ context }) => chances.get(context) as number));
    return [{ ring, choice, chance: chance ?? successProbability(posterior, evidence) }];
  });
  const byNeed = waiting.toSorted(
    (a, b) =>
      a.chance - b.chance || b.ring.entries.length - a.ring.entries.length || (a.ring.skill < b.ring.skill ? -1 : 1),
  );
  return byNeed[0];
}

function planOf(
  { ring, choice }: Next,
  { settings, observed, support }: { settings: Settings; observed: Observed; support: number },
): DraftPlan {
  const { skill } = ring;
  const { action, confidence } = choice;
  const extra = { belief: { action, skill, confidence } };
  const separate = { kind: "separate", drafts: settings.candidates, onFiles: false, extra } as const;
  const own = observed.rollouts.filter(({ skills }) => skills.includes(skill));
  switch (action) {
    case "explore":
      return { kind: "none" };
    case "retire":
      return { kind: "retire", skills: [skill], extra };
    case "compress":
      return { ...separate, purpose: { action, skill } };
    case "split":
      return { ...separate, purpose: { action, skill, groups: groupsOf(own) } };
    case "patch": {
      const counts = beliefOf(ring.entries.map(witnessOf), "beta").modes;
      const supported = own.filter(
        ({ mode }) => mode !== null && (counts.get(shorten(mode, characters)) ?? 0) >= support,
      );
      const tasks = [...new Set(supported.map(({ task }) => task))];
      // Where it went well this time, there is nothing to learn a patch from.
      return tasks.length === 0 ? { kind: "none" } : { ...separate, purpose: { action, skill, tasks } };
    }
  }
}

/** The tasks of each context, without its name. */
function groupsOf(rollouts: readonly SkillEvidence[]): string[][] {
  const groups = new Map<string, Set<string>>();
  for (const { context, task } of rollouts) groups.set(context, (groups.get(context) ?? new Set()).add(task));
  return [...groups.values()].map((tasks) => [...tasks]);
}

const mostModes = 3;

/** Posteriors are for people; no agent or analyst sees them [C]. */
function tableOf(rings: readonly Ring[], posterior: PosteriorKind): MemoryTable {
  const decimals = (value: number) => value.toFixed(2);
  return {
    title: "What is believed of the skills",
    columns: [
      "skill",
      "action",
      "failure modes",
      "confidence",
      "P(success)",
      "alpha",
      "beta",
      "contexts",
      "mean tokens",
    ],
    texts: 3,
    rows: rings.map(({ skill, entries, failed }) => {
      const belief = beliefOf(entries.map(witnessOf), posterior);
      const { action, confidence } = chooseAction(belief, new Set(failed));
      const modes = [...belief.modes].toSorted(([, a], [, b]) => b - a).slice(0, mostModes);
      const tokens = meanScore(entries.map(([, , , used]) => used)) ?? 0;
      return [
        skill,
        action,
        modes.map(([mode, count]) => `${mode} ${count}`).join(", "),
        decimals(confidence),
        decimals(belief.success),
        belief.alpha,
        belief.beta,
        belief.contexts,
        Math.round(tokens),
      ];
    }),
  };
}
