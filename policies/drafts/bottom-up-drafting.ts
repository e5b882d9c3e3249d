import { z } from "zod";
import { SettingsError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import { SkillName } from "../../state/program.ts";
import type { Settings } from "../../state/settings.ts";
import { oneDraft, type Drafting, type DraftPlan } from "../drafting.ts";
import { weightedChoice } from "../draws/weighted-choice.ts";
import { nothingObserved, type Learned, type MemoryTable, type Observed } from "../policy.ts";
import { aroundDrafting } from "./around.ts";
import { uctChances, uctOf, type Arm } from "./bottom-up.ts";

/** What a skill has earned, and how often it was chosen; exploring has the name "". */
const Entry = z.strictObject({
  skill: z.union([SkillName, z.literal("")]),
  fitness: z.number(),
  tries: z.int().positive(),
});
type Entry = z.infer<typeof Entry>;

const Memory = z.array(Entry);

/** Skills beyond these, those chosen longest ago, begin anew (ours [R]); a name has 100 characters that take three bytes each. */
const mostSkills = 256;
const bytesPerSkill = 400;

const exploring = "";

/** What was decided, as the candidate keeps it in `extra`. */
const Decided = z.object({ action: z.enum(["explore", "refine", "retire"]), skill: SkillName });
type Decided = z.infer<typeof Decided>;

export interface BottomUpOptions {
  /** How much what was seldom chosen is preferred, above 0. Default 5 [C]. */
  c?: number;
  /** The fitness that exploring is taken to have. Default 0 [C]. */
  threshold?: number;
  /** A skill is drafted out once it was chosen more often than this, and its fitness is below `fitness`. Default 4 [C]. */
  trials?: number;
  /** Default 2 [C]. */
  fitness?: number;
}

/**
 * Bottom-up exploration (Bottom-Up Agent, arXiv 2505.17673 and its code [C]): in each generation either a skill is refined or, as an arm of its own, another one is created; which of them is drawn by
 * their bounds, see `uctChances`, and a skill that was chosen often and earned little goes. There an agent plays a game: a skill is a sequence of clicks, a trial runs it, exploring extends the best one by a click,
 * and a model says whether a trial went as described (+1) and brought the game on (+1). Here a trial is a generation: +1 where most rollouts that used the skill went well, +1 where its edit was accepted; exploring creates a skill beside
 * the fittest one that failed, for the tasks on which it did [R]. Skills that no task of the batch failed with are not chosen, as those whose steps cannot be done are left out there. The gate decides whether a skill goes; one that stays
 * begins anew [R]. Where nothing failed, another policy drafts. Needs edits with operations.
 */
export function bottomUpDrafting(options: BottomUpOptions = {}, drafting: Drafting = oneDraft): Drafting {
  const { c = 5, threshold = 0, trials = 4, fitness = 2 } = options;
  if (!(c > 0 && c < Infinity)) throw new SettingsError("c", `c is ${c}; it must be a number above 0.`);
  for (const [name, value] of Object.entries({ threshold, fitness }))
    if (!Number.isFinite(value)) throw new SettingsError(name, `${name} is ${value}; it must be a finite number.`);
  if (!(Number.isInteger(trials) && trials >= 1))
    throw new SettingsError("trials", `trials is ${trials}; it must be a whole number from 1.`);
  return aroundDrafting(drafting, {
    name: `bottom-up ${c} above ${threshold}, out below ${fitness} after ${trials}`,
    schema: Memory,
    start: [],
    maxBytes: 100 + mostSkills * bytesPerSkill,
    observes: {},
    learn: (own, record): Json => afterTrial(Memory.parse(own), record),
    decide({ settings, observed = nothingObserved }, own, planOf, draw) {
      const entries = Memory.parse(own);
      const lost = Object.keys(observed.skills).length < 2 ? undefined : lostIn(entries, observed, { trials, fitness });
      if (lost !== undefined) return retirePlan(lost);
      const failing = failingIn(observed);
      if (failing.size === 0) return planOf();
      const skills = [...failing.keys()].toSorted();
      const arms = skills.map((skill) => entryOf(entries, skill));
      const chances = uctChances([...arms, { ...entryOf(entries, exploring), fitness: threshold }], c);
      // The policy within draws by the numbers from 0 on.
      const chosen = skills[weightedChoice(chances, draw(-1))];
      if (chosen !== undefined) return planFor({ action: "refine", skill: chosen }, failing, settings);
      return planFor({ action: "explore", skill: fittest(arms).skill }, failing, settings);
    },
    describe: (own) => tableOf(Memory.parse(own), { c, threshold }),
  });
}

/** Chosen once, with nothing earned, as a new skill is saved [C]. */
function entryOf(entries: readonly Entry[], skill: string): Entry {
  return entries.find((one) => one.skill === skill) ?? { skill, fitness: 0, tries: 1 };
}

/** The tasks that failed, by the skills they used. */
function failingIn({ skills, rollouts }: Observed): Map<string, string[]> {
  const failing = new Map<string, Set<string>>();
  for (const { task, skills: used, success } of rollouts) {
    if (success) continue;
    for (const skill of used.filter((name) => Object.hasOwn(skills, name)))
      failing.set(skill, (failing.get(skill) ?? new Set()).add(task));
  }
  return new Map([...failing].map(([skill, tasks]) => [skill, [...tasks]]));
}

/** Of equal ones the first. */
function fittest(arms: readonly Entry[]): Entry {
  return arms.reduce((best, one) => (one.fitness > best.fitness ? one : best));
}

function lostIn(
  entries: readonly Entry[],
  { skills }: Observed,
  { trials, fitness }: { trials: number; fitness: number },
): Entry | undefined {
  return entries.find((one) => Object.hasOwn(skills, one.skill) && one.tries > trials && one.fitness < fitness);
}

const extraOf = (decided: Decided) => ({ bottomUp: decided });

function retirePlan({ skill }: Entry): DraftPlan {
  return { kind: "retire", skills: [skill], extra: extraOf({ action: "retire", skill }) };
}

function planFor(decided: Decided, failing: ReadonlyMap<string, string[]>, { candidates }: Settings): DraftPlan {
  const { skill } = decided;
  const action = decided.action === "explore" ? ("create" as const) : ("patch" as const);
  const purpose = { action, skill, tasks: failing.get(skill) as string[] };
  return { kind: "separate", drafts: candidates, onFiles: false, purpose, extra: extraOf(decided) };
}

/** What was drafted by another policy, or came to no candidate, is no trial. */
function afterTrial(entries: readonly Entry[], { candidate, verdict, observed = nothingObserved }: Learned): Entry[] {
  const known = entries.filter(({ skill }) => skill === exploring || Object.hasOwn(observed.skills, skill));
  // Where nothing was rolled out, nothing is known of which skills there are.
  const there = Object.keys(observed.skills).length === 0 ? [...entries] : known;
  const decided = Decided.safeParse(candidate?.extra["bottomUp"]).data;
  if (decided === undefined) return there;
  const { action, skill } = decided;
  const name = action === "explore" ? exploring : skill;
  const others = there.filter((one) => one.skill !== name);
  if (action === "retire") return verdict.decided ? others : there;
  const before = entryOf(there, name);
  const earned = action === "explore" ? 0 : Number(wentWell(observed, skill)) + Number(verdict.accepted);
  const after = { ...before, fitness: before.fitness + earned, tries: before.tries + 1 };
  return [...others, after].slice(-mostSkills);
}

function wentWell({ rollouts }: Observed, skill: string): boolean {
  const own = rollouts.filter(({ skills }) => skills.includes(skill));
  return own.filter(({ success }) => success).length * 2 > own.length;
}

function tableOf(entries: readonly Entry[], { c, threshold }: { c: number; threshold: number }): MemoryTable {
  const arms = entries.map((one): Entry & Arm => (one.skill === exploring ? { ...one, fitness: threshold } : one));
  const total = arms.reduce((sum, { tries }) => sum + tries, 0);
  return {
    title: "Skills and exploring by what they earned",
    columns: ["skill", "fitness", "trials", "bound"],
    texts: 1,
    rows: arms.map((arm) => [
      arm.skill === exploring ? "another one (exploring)" : arm.skill,
      arm.fitness,
      arm.tries,
      uctOf(arm, { total, c }).toFixed(2),
    ]),
  };
}
