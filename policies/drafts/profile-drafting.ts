import { z } from "zod";
import { shorten } from "../../skills/shorten.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import { oneDraft, type Drafting } from "../drafting.ts";
import { nothingObserved, unexplained, type MemoryTable, type Observed, type SkillEvidence } from "../policy.ts";
import { aroundDrafting } from "./around.ts";

/** How many tasks lacked a skill: the context of the tasks, and what kind of failure it was. */
const Lack = z.strictObject({ context: z.string(), mode: z.string(), tasks: z.int().positive() });
export type Lack = z.infer<typeof Lack>;

/** The profiles of the last batches, oldest first. */
const Profiles = z.array(z.array(Lack));
type Profiles = z.infer<typeof Profiles>;

/** Of each batch so many lacks are remembered, those of most tasks, with names of so many characters (ours [R]). */
const mostLacks = 50;
const nameCharacters = 40;
/** Two names whose characters take six bytes each as JSON, and a number. */
const bytesPerLack = 12 * nameCharacters + 60;

/**
 * The Missing-Skill-Profile of a batch (STAT, arXiv 2510.10023, princeton-pli/STAT [C/S]): what its failures lacked, with the number of tasks that did, most first. There a teacher lists
 * two or three skills for each failure of one task set; here a lack is a context and a kind of failure, as the analyzer of the run explains it, and failures that nothing explained count
 * nowhere [R].
 */
export function missingSkillProfile(rollouts: readonly SkillEvidence[]): Lack[] {
  const lacks = new Map<string, { context: string; mode: string; tasks: Set<string> }>();
  for (const rollout of rollouts) {
    if (rollout.mode === null || rollout.mode === unexplained) continue;
    const [context, mode] = [shorten(rollout.context, nameCharacters), shorten(rollout.mode, nameCharacters)];
    const key = keyOf({ context, mode });
    const known = lacks.get(key) ?? { context, mode, tasks: new Set() };
    lacks.set(key, { ...known, tasks: known.tasks.add(rollout.task) });
  }
  return mostFirst([...lacks.values()].map((lack) => ({ ...lack, tasks: lack.tasks.size })));
}

export interface ProfileOptions {
  /** The field of a task's meta that names its context. Default: all tasks are of one. */
  context?: string;
  /** Kinds of failures that count. Default: all that are explained. */
  kinds?: readonly string[];
  /** Fewest failed tasks of the last batches for a skill to be created. Default 5 [R], of the 5 questions that the source chooses for each missing skill [C]. */
  least?: number;
  /** Batches that count, 1 to 20. Default 3 [R]. */
  window?: number;
}

/**
 * Lets the Missing-Skill-Profile choose what is created (STAT, arXiv 2510.10023 [C/S]): once enough tasks of the last batches lacked the same, another skill is created for those of the batch that do,
 * beside the one that most of them used; else it is drafted as by the other policy. The source trains a model on tasks that it selects or writes for the profile; that a skill
 * is created is ours [R]. A lack is counted anew after its skill was drafted, whatever came of it. Needs edits with operations.
 */
export function profileDrafting(
  { context, kinds, least = 5, window = 3 }: ProfileOptions = {},
  drafting: Drafting = oneDraft,
): Drafting {
  if (!(Number.isInteger(least) && least >= 1))
    throw new SettingsError("least", `least is ${least}; it must be a whole number from 1.`);
  if (!(Number.isInteger(window) && window >= 1 && window <= 20))
    throw new SettingsError("window", `window is ${window}; it must be a whole number from 1 to 20.`);
  const isCounted = ({ mode }: Lack) => kinds?.includes(mode) ?? true;
  const profiled = ({ rollouts }: Observed) => missingSkillProfile(rollouts).filter(isCounted);
  const observes = context === undefined ? {} : { context };
  return aroundDrafting(drafting, {
    name: `skills by profile${context === undefined ? "" : ` of ${context}`} from ${least} in ${window}${kinds === undefined ? "" : ` of ${JSON.stringify(kinds.toSorted())}`}`,
    schema: Profiles,
    start: [],
    maxBytes: 100 + window * mostLacks * bytesPerLack,
    observes,
    learn(own, { observed = nothingObserved, candidate }): Json {
      const before = Profiles.parse(own);
      if (observed.rollouts.length === 0) return before;
      const now = profiled(observed);
      // Where another policy drafted, the skill is still to be created.
      const isTried = candidate === null || candidate.extra["profile"] !== undefined;
      const made = isTried ? dueIn(before, now, { least, window }) : undefined;
      const kept = [...before, now.slice(0, mostLacks)].slice(-window);
      return made === undefined ? kept : kept.map((lacks) => lacks.filter((lack) => keyOf(lack) !== keyOf(made)));
    },
    decide({ settings, observed = nothingObserved }, own, plan) {
      const due = dueIn(Profiles.parse(own), profiled(observed), { least, window });
      const failed = due === undefined ? [] : observed.rollouts.filter((rollout) => isLacking(rollout, due));
      const skill = mostUsed(failed);
      if (due === undefined || skill === undefined) return plan();
      const purpose = { action: "create", skill, tasks: [...new Set(failed.map(({ task }) => task))] } as const;
      const extra = { profile: { context: due.context, mode: due.mode, tasks: due.tasks } };
      return { kind: "separate", drafts: settings.candidates, onFiles: false, purpose, extra };
    },
    describe: (own) => tableOf(Profiles.parse(own)),
  });
}

function keyOf({ context, mode }: Pick<Lack, "context" | "mode">): string {
  return JSON.stringify([context, mode]);
}

/** Of equal ones the first by name. */
function mostFirst(lacks: readonly Lack[]): Lack[] {
  return lacks.toSorted((one, other) => other.tasks - one.tasks || (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** All profiles in one. */
function summed(profiles: Profiles): Lack[] {
  const sums = new Map<string, Lack>();
  for (const lack of profiles.flat()) {
    const known = sums.get(keyOf(lack));
    sums.set(keyOf(lack), { ...lack, tasks: lack.tasks + (known?.tasks ?? 0) });
  }
  return mostFirst([...sums.values()]);
}

/** What a skill is created for: of what this batch lacks, that of most tasks of the last ones, if they are enough. */
function dueIn(
  before: Profiles,
  now: readonly Lack[],
  { least, window }: { least: number; window: number },
): Lack | undefined {
  const there = new Set(now.map(keyOf));
  const recent = [...before, [...now]].slice(-window);
  return summed(recent).find((lack) => lack.tasks >= least && there.has(keyOf(lack)));
}

function isLacking({ context, mode }: SkillEvidence, lack: Lack): boolean {
  return (
    mode !== null &&
    keyOf({ context: shorten(context, nameCharacters), mode: shorten(mode, nameCharacters) }) === keyOf(lack)
  );
}

/** The skill that most of the rollouts used; of equal ones the first by name. */
function mostUsed(rollouts: readonly SkillEvidence[]): string | undefined {
  const uses = new Map<string, number>();
  for (const skill of rollouts.flatMap(({ skills }) => skills)) uses.set(skill, (uses.get(skill) ?? 0) + 1);
  return [...uses].toSorted(([one, some], [other, more]) => more - some || (one < other ? -1 : 1))[0]?.[0];
}

function tableOf(profiles: Profiles): MemoryTable {
  return {
    title: "Missing skills",
    columns: ["context", "what was lacking", "failed tasks"],
    texts: 2,
    rows: summed(profiles).map(({ context, mode, tasks }) => [context, mode, tasks]),
  };
}
