import { curatedLibrary, stockLibrary } from "../../gym/library/stock.ts";
import { createGymAgent } from "../../gym/agent.ts";
import { createGymAnalyst } from "../../gym/analyst.ts";
import { createRandomGymAnalyst } from "../../gym/random-analyst.ts";
import { createGymSkill } from "../../gym/skill.ts";
import { createGymVerifier } from "../../gym/verifier.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import { visibilityOf, type Visibility } from "../../policies/visibility.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import type { RevisionAttempt } from "../../runs/evaluation/revision-safety.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { GenerationRecord, Verdict } from "../../state/evidence.ts";
import type { Candidate } from "../../state/program.ts";
import { parseSettings } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecipeArm } from "./arms.ts";
import type { Phase, Stream, StreamOptions } from "./stream.ts";

export type Library = readonly SkillFolder[];

/** A candidate of a generation, or none, and what became of it. */
export interface Attempt extends Pick<RevisionAttempt, "outcome" | "isUndone"> {
  /** The libraries before it and with it; null where nothing was proposed. */
  change: { before: Library; after: Library } | null;
}

/** What was learned in a phase. */
export interface Lesson {
  /** Batches of train tasks as they came: their mean score, and how many have one. */
  batches: ReadonlyArray<{ score: number; tasks: number }>;
  attempts: readonly Attempt[];
  /** The libraries that the search stood on, one after the other, from the one it began with. */
  heads: readonly Library[];
}

/** What was learned in each phase, and how a task is answered. */
export interface Learned {
  lessons: readonly Lesson[];
  visibility: Visibility | undefined;
}

/** A run for each phase, from the library that the one before ended with. */
export async function learnBy(
  arm: RecipeArm,
  { phases }: Stream,
  options: Pick<StreamOptions, "world" | "noise">,
): Promise<Learned> {
  const lessons: Lesson[] = [];
  let library = startOf(arm, phases[0] as Phase);
  for (const phase of phases) {
    const lesson = await learnPhase(arm, phase, { ...options, library });
    lessons.push(lesson);
    library = lesson.heads.at(-1) ?? library;
  }
  const settings = parseSettings(arm.settings, findRecipe(arm.settings.recipe));
  return { lessons, visibility: visibilityOf(settings) };
}

function startOf({ from }: RecipeArm, { world }: Phase): Library {
  if (from === "nothing") return [createGymSkill()];
  return from === "curated" ? curatedLibrary(world) : stockLibrary(world).map(({ skill }) => skill);
}

async function learnPhase(
  { analyst, settings }: RecipeArm,
  { world, train, validation }: Phase,
  { world: seed, noise, library }: Pick<StreamOptions, "world" | "noise"> & { library: Library },
): Promise<Lesson> {
  const store = createMemoryStore();
  const run = await optimize({
    agent: createGymAgent(world),
    verifier: createGymVerifier(world, { noise }),
    analyst: analyst === "random" ? createRandomGymAnalyst(world) : createGymAnalyst(world),
    program: library,
    tasks: { train, validation, sealed: [], test: [] },
    settings: { ...settings, seed },
    store,
  });
  await run.result();
  const { best, timeline } = await show("run", { store });
  const payload = createPayload({ store, family: run.thread });
  const heads = [library];
  const attempts: Attempt[] = [];
  let lastHead: string | undefined;
  for (const record of timeline) {
    if (record.head !== lastHead) heads.push(await payload.program(record.head));
    lastHead = record.head;
    undo(attempts, record);
    for (const attempt of attemptsIn(record)) {
      const { candidate, outcome } = attempt;
      const before = candidate === null ? null : await payload.program(record.parents[0] as string);
      const after = candidate === null ? null : await payload.program(candidate.program);
      const change = before === null || after === null ? null : { before, after };
      attempts.push({ outcome, isUndone: false, change });
    }
  }
  const batches = timeline.flatMap(({ batch: { score, tasks, missing } }) =>
    score === null ? [] : [{ score, tasks: tasks - missing }],
  );
  return { batches, attempts, heads: [...heads, best] };
}

interface Tried {
  candidate: Candidate | null;
  outcome: Attempt["outcome"];
}

function attemptsIn({ candidate, verdict, others }: GenerationRecord): Tried[] {
  const outcomeOf = ({ accepted }: Verdict) => (accepted ? "accepted" : "rejected");
  if (candidate === null) return [{ candidate, outcome: "none" }];
  return [{ candidate, verdict }, ...others].map((one) => ({
    candidate: one.candidate,
    outcome: outcomeOf(one.verdict),
  }));
}

/** An audit takes the last accepted candidates back. */
function undo(attempts: Attempt[], { audit }: GenerationRecord): void {
  let left = audit?.back ?? 0;
  for (let at = attempts.length - 1; at >= 0 && left > 0; at -= 1) {
    const attempt = attempts[at] as Attempt;
    if (attempt.outcome !== "accepted" || attempt.isUndone) continue;
    attempts[at] = { ...attempt, isUndone: true };
    left -= 1;
  }
}
