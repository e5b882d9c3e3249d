import { z } from "zod";
import { SettingsError } from "../../state/errors.ts";
import { sha256, type Json } from "../../state/json.ts";
import { SkillName } from "../../state/program.ts";
import { oneDraft, type Drafting } from "../drafting.ts";
import { aroundDrafting } from "../drafts/around.ts";
import { nothingObserved, type Learned, type MemoryTable, type Observed } from "../policy.ts";

/**
 * A skill that was created during the run: its successful uses, the rollouts that could have used it, and marks of the tasks that it was made from, where these do not count. One that
 * the gate does not let go is `kept`.
 */
const Tool = z.strictObject({
  skill: SkillName,
  uses: z.int().nonnegative(),
  chances: z.int().nonnegative(),
  madeFrom: z.array(z.string()),
  kept: z.boolean(),
});
type Tool = z.infer<typeof Tool>;

/** Marks of the skills that the run began with, null before its first batch; those that came since; and marks of the tasks of the last batch. */
const Memory = z.strictObject({
  first: z.array(z.string()).nullable(),
  tools: z.array(Tool),
  last: z.array(z.string()),
});
type Memory = z.infer<typeof Memory>;

/** What the candidate of a deletion keeps in `extra`. */
const Drafted = z.object({ skill: SkillName });

/** Of more skills those that were created last are remembered, and so many tasks that a skill was made from (ours [R]). */
const mostTools = 64;
const mostFirst = 10_000;
const mostMarks = 500;
const markCharacters = 8;
/** A name of 100 characters that take three bytes each, marks with their quotes, and numbers. */
const bytesPerTool = 400 + mostMarks * (markCharacters + 3);

export interface PromotionOptions {
  /** Successful uses by which a skill is promoted. Default 3 [C]. */
  least?: number;
  /** Promoted skills that stay, those with most uses. Default 10 [C]. */
  most?: number;
  /** Rollouts that could have used a skill, after which one that is not promoted goes. Default 60 [R]. */
  probation?: number;
  /**
   * Which uses count: each in a rollout that went well (`use`, EvoDS [C]), or only those for other tasks than the skill was made from (`chain`, SAGE [S]). Default `use`.
   */
  counts?: "use" | "chain";
}

/**
 * Promotion by use (EvoDS, KDD'26, usail-hkust/EvoDS [C]): a skill that was created during the run has to be used well `least` times, and at most `most` such skills stay. There a tool is registered once it ran, and hidden until it
 * is promoted; here a skill is visible at once, and its deletion is drafted after its probation, so the gate compares the program with it and without it [R]. One that the gate does not let
 * go is kept. With `chain` a skill has credit only for a later task that is another one, uses it and goes well (SAGE, arXiv 2512.17102 [S]); what would have been without it is what the gate compares. One skill is drafted out at a
 * time, before what the other policy drafts; those that the run began with stay. Where an agent does not say what it used, it counts as all that it was shown.
 */
export function promotedByUse(options: PromotionOptions = {}, drafting: Drafting = oneDraft): Drafting {
  const { least = 3, most = 10, probation = 60, counts = "use" } = options;
  for (const [name, value] of Object.entries({ least, most, probation }))
    if (!(Number.isInteger(value) && value >= 1))
      throw new SettingsError(name, `${name} is ${value}; it must be a whole number from 1.`);
  const terms = { least, most, probation };
  return aroundDrafting(drafting, {
    name: `promoted by ${counts} from ${least}, at most ${most}, after ${probation}`,
    schema: Memory,
    start: { first: null, tools: [], last: [] },
    maxBytes: 1000 + mostTools * bytesPerTool + (mostFirst + mostMarks) * (markCharacters + 3),
    observes: {},
    learn(own, record): Json {
      const before = Memory.parse(own);
      const { observed = nothingObserved } = record;
      // Where nothing was rolled out, nothing is known of which skills there are.
      if (Object.keys(observed.skills).length === 0) return before;
      const known = observe(before, observed, counts);
      const gone = nextOut(known, terms);
      return gone === undefined ? known : afterTrial(known, gone, record);
    },
    decide({ observed = nothingObserved }, own, plan) {
      if (Object.keys(observed.skills).length < 2) return plan();
      const gone = nextOut(observe(Memory.parse(own), observed, counts), terms);
      if (gone === undefined) return plan();
      const { skill, uses, chances } = gone;
      return { kind: "retire", skills: [skill], extra: { promotion: { skill, uses, rollouts: chances } } };
    },
    describe: (own) => tableOf(Memory.parse(own), least),
  });
}

/** What is known after a batch. Skills that are gone are forgotten. */
function observe(
  { first, tools, last }: Memory,
  { skills, rollouts }: Observed,
  counts: PromotionOptions["counts"],
): Memory {
  const names = Object.keys(skills);
  const marked = rollouts.map((rollout) => ({ ...rollout, mark: markOf(rollout.task) }));
  const batch = [...new Set(marked.map(({ mark }) => mark))].slice(0, mostMarks);
  if (first === null) return { first: names.slice(0, mostFirst).map(markOf), tools: [], last: batch };
  const known = new Map(tools.map((tool) => [tool.skill, tool]));
  const began = new Set(first);
  const there = names.filter((skill) => !began.has(markOf(skill)));
  const observed = there.map((skill): Tool => {
    // What came since the batch before was made from it.
    const madeFrom = counts === "chain" ? last : [];
    const tool = known.get(skill) ?? { skill, uses: 0, chances: 0, madeFrom, kept: false };
    const own = new Set(tool.madeFrom);
    const chances = marked.filter(({ shown, mark }) => !own.has(mark) && shown.includes(skill));
    const uses = chances.filter((rollout) => rollout.success && rollout.skills.includes(skill));
    return { ...tool, uses: tool.uses + uses.length, chances: tool.chances + chances.length };
  });
  // In the order in which they came.
  const order = [...known.keys()];
  const placeOf = ({ skill }: Tool) => (order.includes(skill) ? order.indexOf(skill) : order.length);
  const ordered = observed.toSorted((one, other) => placeOf(one) - placeOf(other));
  return { first, tools: ordered.slice(-mostTools), last: batch };
}

function markOf(name: string): string {
  return sha256(name).slice(0, markCharacters);
}

interface Terms {
  least: number;
  most: number;
  probation: number;
}

/** The skill to go: of those that were not promoted in time the one with fewest uses, else the one by which there are too many, and of equal ones the oldest. */
function nextOut({ tools }: Memory, { least, most, probation }: Terms): Tool | undefined {
  const byUse = tools.toSorted((one, other) => one.uses - other.uses);
  const isOver = ({ uses, chances }: Tool) => uses < least && chances >= probation;
  const promoted = byUse.filter(({ uses }) => uses >= least);
  const late = byUse.find((tool) => !tool.kept && isOver(tool));
  return late ?? (promoted.length > most ? promoted.find(({ kept }) => !kept) : undefined);
}

/** What was decided against the deletion keeps the skill; what was not drafted, or not decided, is tried again. */
function afterTrial(memory: Memory, gone: Tool, { verdict, candidate }: Learned): Memory {
  const drafted = Drafted.safeParse(candidate?.extra["promotion"]).data;
  if (drafted?.skill !== gone.skill || !verdict.decided) return memory;
  if (verdict.accepted) return { ...memory, tools: memory.tools.filter(({ skill }) => skill !== gone.skill) };
  return { ...memory, tools: memory.tools.map((tool) => (tool.skill === gone.skill ? { ...tool, kept: true } : tool)) };
}

function tableOf({ tools }: Memory, least: number): MemoryTable {
  const standingOf = ({ uses, kept }: Tool) =>
    uses >= least ? "promoted" : kept ? "kept by the gate" : "on probation";
  return {
    title: "Skills by use",
    columns: ["skill", "standing", "successful uses", "rollouts"],
    texts: 2,
    rows: tools.map((tool) => [tool.skill, standingOf(tool), tool.uses, tool.chances]),
  };
}
