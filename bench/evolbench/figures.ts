import { createGymAgent } from "../../gym/agent.ts";
import { clashesIn, createLibraryJudge, meanOf, routesIn } from "../../gym/library/judge.ts";
import { stockLibrary, type ShelfKind } from "../../gym/library/stock.ts";
import { readSkills } from "../../gym/skill.ts";
import { createGymVerifier } from "../../gym/verifier.ts";
import {
  deploymentRoles,
  evolutionRates,
  routingOf,
  transferOf,
  type EvolutionTrial,
} from "../../runs/evaluation/evolution.ts";
import { libraryChange, libraryHealth, type LibraryStory } from "../../runs/evaluation/library-health.ts";
import { revisionSafety, shareOf, type RevisionAttempt } from "../../runs/evaluation/revision-safety.ts";
import { createDraw } from "../../state/draw.ts";
import { programHash } from "../../skills/folder.ts";
import { questionOf, type Task } from "../../state/task.ts";
import type { World } from "../../gym/world.ts";
import { shown } from "./arms.ts";
import type { Attempt, Learned, Library } from "./learner.ts";
import type { Phase, Stream } from "./stream.ts";

/** Figures of an arm in a world by name; null where there is nothing to measure. */
export type Figures = Record<string, number | null>;

/** The names of the stock's kinds, as figures: the share of its skills of a kind that are still there. */
export const kindFigures: Readonly<Record<ShelfKind, string>> = {
  shared: "shared kept",
  own: "own kept",
  rare: "rare kept",
  "look-alike": "look-alike kept",
  harmful: "harmful kept",
  unused: "unused kept",
};

/** A skill that adds less to the chances ought to be retired [R]; the rare desk's adds about .01. */
const leastWorth = 0.005;

/** Mean chances on tasks, which are exact, of libraries that were asked before too. */
function createScores(visibility: Learned["visibility"], seed: number) {
  const judges = new Map<readonly Task[], ReturnType<typeof createLibraryJudge>>();
  const known = new Map<readonly Task[], Map<string, number>>();
  return (world: World, tasks: readonly Task[], library: Library): number => {
    const judge = judges.get(tasks) ?? createLibraryJudge(world, tasks, { visibility, seed });
    judges.set(tasks, judge);
    const scores = known.get(tasks) ?? new Map<string, number>();
    known.set(tasks, scores);
    const key = programHash(library);
    const score = scores.get(key) ?? meanOf(judge(library));
    scores.set(key, score);
    return score;
  };
}
type Scores = ReturnType<typeof createScores>;

/** All figures of what was learned in a stream; after the end by exact chances. Retirement is measured where the arm can retire. */
export async function figuresOf(
  { lessons, visibility }: Learned,
  stream: Stream,
  { seed, canRetire }: { seed: number; canRetire: boolean },
): Promise<Figures> {
  const { phases, now } = stream;
  const score = createScores(visibility, seed);
  const start = lessons[0]?.heads[0] ?? [];
  const end = lessons.at(-1)?.heads.at(-1) ?? [];
  const story = await storyOf({ lessons, visibility }, stream, { seed, canRetire, score, end });
  const attempts = lessons.flatMap(({ attempts: all }, at) =>
    all.map((attempt) => judged(attempt, phases[at] as Phase, { stream, score })),
  );
  const transfer = transferOf({
    start: phases.map(({ replay }) => score(now, replay, start)),
    after: lessons.map(({ heads }) => phases.map(({ replay }) => score(now, replay, heads.at(-1) ?? []))),
  });
  const routing = routingOf(routesIn(now, stream.test, { skills: end, most: shown.skills }));
  const kept = Object.entries(kindFigures).map(([kind, name]): [string, number | null] => [
    name,
    shareOf(
      stockIn(stream, start).filter((shelved) => shelved.kind === kind),
      ({ skill }) => end.some((other) => other.name === skill.name),
    ),
  ]);
  return {
    ...evolutionRates(trialsOf({ lessons, visibility }, stream, { score, end })),
    J: score(now, stream.test, end),
    "J of the rare desk": score(now, stream.rare, end),
    "routing accuracy": routing.accuracy,
    "routing coverage": routing.coverage,
    skills: end.length,
    words: readSkills(end).words,
    ...transfer,
    ...revisionSafety(attempts),
    ...libraryHealth(story),
    ...Object.fromEntries(kept),
  };
}

/** The stock, where learning began with it. */
function stockIn({ phases }: Stream, start: Library) {
  const stock = stockLibrary((phases[0] as Phase).world);
  return programHash(start) === programHash(stock.map(({ skill }) => skill)) ? stock : [];
}

interface Ending {
  score: Scores;
  end: Library;
}

function trialsOf({ lessons }: Learned, { phases, now, deployment }: Stream, { score, end }: Ending): EvolutionTrial[] {
  return [
    ...lessons.flatMap(({ batches }) =>
      batches.map((batch) => ({ role: "acquisition" as const, score: batch.score, attempts: batch.tasks })),
    ),
    ...phases.map(({ replay }) => ({
      role: "replay" as const,
      score: score(now, replay, end),
      attempts: replay.length,
    })),
    ...deploymentRoles.map((role) => ({
      role,
      score: score(now, deployment[role], end),
      attempts: deployment[role].length,
    })),
  ];
}

/**
 * An accepted attempt, with its scores on further tasks of the desks of its phase. It fails later where a role of deployment goes worse with it than before [R]: of chances, unlike single
 * outcomes, nearly all are below 1.
 */
function judged(
  { outcome, isUndone, change }: Attempt,
  { world, next }: Phase,
  { stream, score }: { stream: Stream; score: Scores },
): RevisionAttempt {
  if (outcome !== "accepted" || change === null) return { outcome, isUndone, next: null, failsLater: null };
  const { before, after } = change;
  return {
    outcome,
    isUndone,
    next: { before: score(world, next, before), after: score(world, next, after) },
    failsLater: deploymentRoles.some((role) => {
      const tasks = stream.deployment[role];
      return score(stream.now, tasks, after) < score(stream.now, tasks, before);
    }),
  };
}

async function storyOf(
  { lessons, visibility }: Learned,
  { now, test }: Stream,
  { seed, canRetire, score, end }: Ending & { seed: number; canRetire: boolean },
): Promise<LibraryStory> {
  const steps = lessons.flatMap(({ heads }) =>
    heads.slice(1).map((after, at) => ({ before: heads[at] as Library, after })),
  );
  const moved = canRetire ? steps.filter(({ before, after }) => programHash(before) !== programHash(after)) : [];
  const changes = moved.map(({ before, after }) => libraryChange(before, after));
  /** What a skill adds to the chances on requests as they come. */
  const worth = (library: Library, name: string) =>
    score(now, test, library) -
    score(
      now,
      test,
      library.filter((skill) => skill.name !== name),
    );
  const rightly = moved.flatMap(({ before }, at) =>
    (changes[at]?.retired ?? []).filter((name) => worth(before, name) < leastWorth),
  );
  const still = canRetire && end.length > 1 ? end.filter(({ name }) => worth(end, name) < leastWorth) : [];
  return {
    skills: end.map(({ name }) => name),
    tasks: lessons.reduce((sum, { batches }) => sum + batches.reduce((all, { tasks }) => all + tasks, 0), 0),
    changes,
    uses: await usesOf(end, { now, test, visibility, seed }),
    ...clashesIn(end),
    useless: canRetire ? [...rightly, ...still.map(({ name }) => name)] : null,
  };
}

/** One rollout of each task: what it used, and whether it failed. */
async function usesOf(
  library: Library,
  {
    now,
    test,
    visibility,
    seed,
  }: { now: World; test: readonly Task[]; visibility: Learned["visibility"]; seed: number },
): Promise<Array<{ used: string[]; failed: boolean }>> {
  const [agent, verifier, { signal }] = [createGymAgent(now), createGymVerifier(now), new AbortController()];
  const questions = test.map(({ input }) => input);
  const draw = createDraw(seed, 0, "visibility/uses");
  const seen = visibility?.of(library) ?? { skills: library };
  const uses = [];
  for (const [index, task] of test.entries()) {
    const names = seen.decide?.({ index, questions }, draw);
    const skills = names === undefined ? seen.skills : seen.skills.filter(({ name }) => names.includes(name));
    const answer = await agent.answer(questionOf(task), skills, { sample: 0, signal });
    uses.push({ used: answer.used, failed: (await verifier.score(answer, task)).value < 1 });
  }
  return uses;
}
