import { z } from "zod";
import { mainFile, type SkillFolder } from "../skills/folder.ts";
import type { Deficiency, Failure } from "../state/study.ts";
import type { Rollout, ScoredRollout } from "../state/task.ts";
import { cueOf, partsOfCue } from "./cue.ts";
import { createHome, mainDesk } from "./home.ts";
import { demandOf } from "./requests.ts";
import { readSkills, type Bullet } from "./skill.ts";
import { Steps, stepsIn } from "./verifier.ts";
import type { World } from "./world.ts";

/** A step no directive asked for; a directive that asked in vain; a directive that was followed and should not have been. */
type Category = "missing-rule" | "lapse" | "harmful-directive";

const defects: Record<Category, Deficiency["defect"]> = {
  "missing-rule": "missing",
  lapse: "insufficient",
  "harmful-directive": "incorrect",
};

const plans: Record<Category, string> = {
  "missing-rule": "Say when this step is needed.",
  lapse: "Emphasise the directive.",
  "harmful-directive": "Delete the directive.",
};

/** What the diagnosis says of a deficiency beside its place. */
export const Extra = z.strictObject({
  step: z.string(),
  isMarked: z.boolean(),
  cases: z.array(z.string()),
  /** The desk that most of the failing requests come from; null where none of them comes from a desk. */
  desk: z.string().nullable(),
});
export type Extra = z.infer<typeof Extra>;

/** Everything that went wrong in the rollouts that failed: a task may have several failures. What is in skills that an agent could not see is not to blame. */
export function analyzeGym(
  world: World,
  rollouts: readonly ScoredRollout[],
  skills: readonly SkillFolder[],
): Failure[] {
  const bulletsIn = createViewReader(skills);
  return rollouts.flatMap(({ rollout: { task, answer, visible }, question, expected, score }) => {
    const steps = Steps.safeParse(expected);
    if (answer === null || score === null || score.value === 1 || !steps.success) return [];
    const { cues } = demandOf(world, question.input);
    const done = stepsIn(answer.text);
    const followed = answer.trace.filter(({ event }) => event === "followed").map(({ directive }) => directive);
    const failure = (category: Category, place: string | null, step: string): Failure => ({
      task,
      category,
      place,
      expected: step,
      got: answer.text,
      evidence: question.input,
    });
    const prompted = bulletsIn(visible).filter(({ cue }) => cues.has(cue));
    const left = steps.data.filter((step) => !done.includes(step));
    return [
      ...left
        .filter((step) => prompted.every((bullet) => bullet.step !== step))
        .map((step) => failure("missing-rule", null, step)),
      ...prompted.filter(({ step }) => left.includes(step)).map(({ place, step }) => failure("lapse", place, step)),
      ...prompted
        .filter(({ id, step }) => followed.includes(id) && !steps.data.includes(step))
        .map(({ place, step }) => failure("harmful-directive", place, step)),
    ];
  });
}

/** Reads the visible skills of a program; those that see the same ones read it once. */
function createViewReader(skills: readonly SkillFolder[]): (visible: Rollout["visible"]) => readonly Bullet[] {
  const known = new Map<string, readonly Bullet[]>();
  return (visible) => {
    const seen = skills.filter(({ name }) => Object.hasOwn(visible, name));
    const key = JSON.stringify(seen.map(({ name }) => name));
    const bullets = known.get(key) ?? readSkills(seen).bullets;
    known.set(key, bullets);
    return bullets;
  };
}

/**
 * One deficiency for each step and place with something wrong, most frequent first. `extra` says which step it is about,
 * whether more than half of the failing requests carry the mark of its rule, which case numbers they have, and where they come from. What is missing is missing in the skill that
 * the requests belong to.
 */
export function diagnoseGym(world: World, failures: readonly Failure[], skills: readonly SkillFolder[]): Deficiency[] {
  if (skills.length === 0) return [];
  const homeOf = createHome(skills);
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const key = JSON.stringify([failure.category, failure.place, failure.expected]);
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [...groups]
    .toSorted(([left, { length: few }], [right, { length: many }]) => many - few || (left < right ? -1 : 1))
    .map(([, group]): Deficiency => {
      const { category, place, expected } = group[0] as Failure;
      const share = group.length / failures.length;
      const [name, id] = place === null ? [homeOf(group.map(({ evidence }) => evidence)), null] : partsOfPlace(place);
      const skill = skills.find((each) => each.name === name) ?? (skills[0] as SkillFolder);
      return {
        skill: skill.name,
        file: mainFile(skill),
        place: id,
        defect: defects[category as Category],
        category,
        severity: share >= 1 / 3 ? "high" : share >= 0.1 ? "medium" : "low",
        tasks: group.map(({ task }) => task),
        plan: plans[category as Category],
        extra: extraOf(world, expected ?? "", group),
      };
    });
}

/** The skill, and the id in it. A name has no slash. */
function partsOfPlace(place: string): [skill: string, id: string] {
  const slash = place.indexOf("/");
  return [place.slice(0, slash), place.slice(slash + 1)];
}

function extraOf(world: World, step: string, failures: readonly Failure[]): Extra {
  const cues = failures.map(({ evidence }) => [...demandOf(world, evidence).cues]);
  const mark = cueOf("mark", world.rules.find((rule) => rule.step === step)?.mark ?? "");
  return {
    step,
    isMarked: cues.filter((list) => list.includes(mark)).length > cues.length / 2,
    cases: cues
      .flat()
      .map(partsOfCue)
      .filter(({ kind }) => kind === "case")
      .map(({ word }) => word),
    desk: mainDesk(failures.map(({ evidence }) => evidence)) ?? null,
  };
}
