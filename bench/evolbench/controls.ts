import { createGymAgent } from "../../gym/agent.ts";
import { createLibraryJudge, meanOf } from "../../gym/library/judge.ts";
import { curatedLibrary, stockLibrary } from "../../gym/library/stock.ts";
import { trajectorySkill } from "../../gym/library/trajectories.ts";
import { draftZeroShot } from "../../gym/library/zero-shot.ts";
import { createGymSkill } from "../../gym/skill.ts";
import { createGymVerifier, Steps, stepsIn } from "../../gym/verifier.ts";
import { visibilityOf, type Visibility } from "../../policies/visibility.ts";
import { createDraw } from "../../state/draw.ts";
import { questionOf } from "../../state/task.ts";
import { mostTrajectories, shown, type Control } from "./arms.ts";
import type { Learned, Lesson, Library } from "./learner.ts";
import type { Phase, Stream, StreamOptions } from "./stream.ts";

/** Requests of a phase that an author of skills is shown, without what came of them. */
const described = 50;

/** Rollouts of a phase in a row that are done with the same past ones. */
const batch = 16;

/** What is not improved by feedback. */
export async function learnControl(
  control: Control,
  stream: Stream,
  options: Pick<StreamOptions, "world" | "noise">,
): Promise<Learned> {
  const visibility = visibilityOf({
    visibility: "retrieved",
    visible: control === "raw" ? shown.trajectories : shown.skills,
    hidden: [],
  });
  if (control === "raw") return { lessons: await gather(stream, { ...options, visibility }), visibility };
  const lessons = stream.phases.map((phase, at): Lesson => {
    const library = libraryOf(control, stream.phases.slice(0, at + 1));
    const judge = createLibraryJudge(phase.world, phase.train, { visibility, seed: options.world });
    return {
      batches: [{ score: meanOf(judge(library)), tasks: phase.train.length }],
      attempts: [],
      heads: [library],
    };
  });
  return { lessons, visibility };
}

function libraryOf(control: Exclude<Control, "raw">, phases: readonly Phase[]): Library {
  const { world } = phases[0] as Phase;
  switch (control) {
    case "no-skill":
      return [createGymSkill()];
    case "untouched":
      return stockLibrary(world).map(({ skill }) => skill);
    case "curated":
      return curatedLibrary(world);
    case "zero-shot": {
      const now = (phases.at(-1) as Phase).world;
      return draftZeroShot(
        now,
        phases.flatMap(({ train }) => train.slice(0, described).map(({ input }) => input)),
      );
    }
  }
}

interface Gathering extends Pick<StreamOptions, "world" | "noise"> {
  visibility: Visibility | undefined;
}

/** Rolls each train task out once; later ones are shown what earlier ones came to. */
async function gather({ phases }: Stream, { world: seed, noise, visibility }: Gathering): Promise<Lesson[]> {
  let kept: Library = [];
  const lessons: Lesson[] = [];
  const { signal } = new AbortController();
  const draw = createDraw(seed, 0, "visibility/trajectories");
  for (const [number, { world, train }] of phases.entries()) {
    const [agent, verifier] = [createGymAgent(world), createGymVerifier(world, { noise })];
    const questions = train.map(({ input }) => input);
    const heads: Library[] = [];
    let right = 0;
    for (let from = 0; from < train.length; from += batch) {
      const seen = visibility?.of(kept);
      const made: Library[] = [];
      for (const [index, task] of [...train.entries()].slice(from, from + batch)) {
        const names = seen?.decide?.({ index, questions }, draw) ?? [];
        const skills = kept.filter(({ name }) => names.includes(name));
        const answer = await agent.answer(questionOf(task), skills, { sample: 0, signal });
        const { value } = await verifier.score(answer, task);
        right += value;
        const steps = stepsSaid({ done: stepsIn(answer.text), expected: Steps.parse(task.expected), value });
        const skill = trajectorySkill(world, { name: `rollout-${number + 1}-${index + 1}`, input: task.input, steps });
        if (skill !== null) made.push([skill]);
      }
      kept = [...kept, ...made.flat()].slice(-mostTrajectories);
      heads.push(kept);
    }
    lessons.push({ batches: [{ score: right / train.length, tasks: train.length }], attempts: [], heads });
  }
  return lessons;
}

/** The steps that were right, as feedback has it: those done where it says so, else the ones it names; none where it turned a right answer around. */
function stepsSaid({ done, expected, value }: { done: readonly string[]; expected: readonly string[]; value: number }) {
  if (value === 1) return done;
  const isRight = done.length === expected.length && expected.every((step) => done.includes(step));
  return isRight ? [] : expected;
}
