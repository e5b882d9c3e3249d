import { createRandom, type Random } from "../gate/random.ts";

/** A kind of simulated skill: what it adds to the chance to pass, on so large a share of the tasks that show it. */
export interface Kind {
  name: string;
  share: number;
  effect: number;
  /** Whether it should be retired: it adds nothing, on the whole, to the tasks that show it. */
  isUseless: boolean;
}

/** `rare` is what is needed seldom, but decides then; thresholds were not chosen on these. */
export const kinds: readonly Kind[] = [
  { name: "useful", share: 1, effect: 0.2, isUseless: false },
  { name: "rare", share: 0.1, effect: 0.6, isUseless: false },
  { name: "unused", share: 0, effect: 0, isUseless: true },
  { name: "harmful", share: 1, effect: -0.1, isUseless: true },
];

export interface SimulatedSkill {
  name: string;
  kind: Kind;
  /** The tasks that show it, and what it adds to the chance to pass each of them. */
  effects: ReadonlyMap<number, number>;
}

/** Each task shows so many skills, as retrieval does. */
const shown = 3;
const perKind = 3;

/** A library of three skills of each kind on so many tasks. An outcome is drawn once for a task, the skills that it shows and a sample, as the ledger answers. */
export function createSimulatedLibrary(seed: number, tasks: number) {
  const random = createRandom(seed, "lifecycle");
  const names = kinds.flatMap((kind) =>
    Array.from({ length: perKind }, (_, at) => ({ kind, name: `${kind.name}-${at}` })),
  );
  const showing = Array.from({ length: tasks }, () => drawn(names.length, random));
  const base = Array.from({ length: tasks }, () => 0.2 + 0.6 * random.uniform());
  const skills = names.map(({ kind, name }, skill): SimulatedSkill => {
    const own = showing.flatMap((list, task) => (list.includes(skill) ? [task] : []));
    // A share that is exact: what a skill contributes does not differ by chance between libraries.
    const needed = new Set(own.slice(0, Math.round(kind.share * own.length)));
    return { kind, name, effects: new Map(own.map((task) => [task, needed.has(task) ? kind.effect : 0])) };
  });
  const known = new Map<string, number>();
  return {
    skills,
    /** 1 or 0. */
    outcome(task: number, present: readonly SimulatedSkill[], sample: number): number {
      const seen = present.filter(({ effects }) => effects.has(task));
      const key = `${task} ${sample} ${seen.map(({ name }) => name).join(" ")}`;
      const chance = seen.reduce((sum, { effects }) => sum + (effects.get(task) ?? 0), base[task] as number);
      const value = known.get(key) ?? (random.uniform() < chance ? 1 : 0);
      known.set(key, value);
      return value;
    },
  };
}

/** Some of so many, without replacement. */
function drawn(many: number, random: Random): number[] {
  const chosen = new Set<number>();
  while (chosen.size < shown) chosen.add(Math.floor(random.uniform() * many));
  return [...chosen];
}
