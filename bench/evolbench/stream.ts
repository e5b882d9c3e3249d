import { createTasks, taskAt, type GymSuite } from "../../gym/requests.ts";
import { createWorld, type World } from "../../gym/world.ts";
import type { DeploymentRole } from "../../runs/evaluation/evolution.ts";
import type { Task } from "../../state/task.ts";

/** A stream of tasks in a world, as plain JSON. */
export interface StreamOptions {
  world: number;
  dilution: number;
  /** Chance that an outcome is turned around while a library learns: false feedback. */
  noise: number;
}

/** A part of the stream: some of the desks send their requests, in the world as it is then. */
export interface Phase {
  world: World;
  families: readonly string[];
  train: Task[];
  validation: Task[];
  /** Further tasks of the same desks, by which a revision is judged. */
  next: Task[];
  /** The train tasks that are replayed in the end. */
  replay: Task[];
}

export interface Stream {
  phases: readonly Phase[];
  /** The world in the end: some procedures are others than in the beginning. */
  now: World;
  /** Requests of all desks, as they come. */
  test: Task[];
  /** Of these, more of the desk that seldom sends one. */
  rare: Task[];
  deployment: Readonly<Record<DeploymentRole, Task[]>>;
}

/** Desks in each phase, share of the requests of the rare one in all, and procedures that drift (all invented, as the rest of the gym). */
const desks = [2, 2];
const rare = 0.04;
const drift = 1;

const sizes = { train: 400, validation: 40, next: 100, replay: 150, judged: 200, rare: 40 };

const suiteOf: Readonly<Record<DeploymentRole, GymSuite>> = {
  shift: "shifted",
  adversarial: "adversarial",
  composition: "across",
};

/** A pure function of its options: the same for all arms of a world. From the second phase on, procedures have drifted. */
export function createStream({ world: seed, dilution }: StreamOptions): Stream {
  const families = desks.reduce((sum, count) => sum + count, 0);
  const worldIn = (phase: number) => createWorld(seed, { families, dilution, rare, drift: phase === 0 ? 0 : drift });
  const phases = desks.map((count, at): Phase => {
    const world = worldIn(at);
    const from = desks.slice(0, at).reduce((sum, each) => sum + each, 0);
    const own = world.families.slice(from, from + count).map(({ name }) => name);
    const also = world.families.slice(families).map(({ name }) => name);
    const some = (suite: GymSuite, size: number) => tasksOf(world, suite, { names: [...own, ...also], size });
    const train = some("train", sizes.train);
    return {
      world,
      families: own,
      train,
      validation: some("validation", sizes.validation),
      next: some("test", sizes.next),
      replay: train.slice(0, sizes.replay),
    };
  });
  const now = worldIn(desks.length - 1);
  const judged = (suite: GymSuite) => createTasks(now, suite, sizes.judged);
  return {
    phases,
    now,
    test: judged("test"),
    rare: tasksOf(now, "test", { names: now.families.slice(families).map(({ name }) => name), size: sizes.rare }),
    deployment: {
      shift: judged(suiteOf.shift),
      adversarial: judged(suiteOf.adversarial),
      composition: judged(suiteOf.composition),
    },
  };
}

/** The first tasks of a suite that come from some desks. Their category is the desk. */
function tasksOf(world: World, suite: GymSuite, { names, size }: { names: readonly string[]; size: number }): Task[] {
  const found: Task[] = [];
  for (let index = 0; found.length < size; index += 1) {
    const task = taskAt(world, suite, index);
    const family = String(task.meta?.["family"]);
    if (names.includes(family)) found.push({ ...task, meta: { ...task.meta, category: family } });
  }
  return found;
}
