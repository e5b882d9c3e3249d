import { createGymAgent } from "../../gym/agent.ts";
import { createGymAnalyst } from "../../gym/analyst.ts";
import { createJudge, findReference, regret, trueDirectives } from "../../gym/optimum.ts";
import { createRandomGymAnalyst } from "../../gym/random-analyst.ts";
import { createTasks } from "../../gym/requests.ts";
import { createGymSkill, readSkills } from "../../gym/skill.ts";
import { createGymVerifier } from "../../gym/verifier.ts";
import { createWorld, type World } from "../../gym/world.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { cpuSince } from "../clocked-analyst.ts";

/** What a skill is truly worth in a world: exact chances, no rollouts. */
export interface Worth {
  A: number;
  shifted: number;
  composition: number;
  words: number;
  regret: number;
}

/** A search in a world, as plain JSON. */
export interface GymArm {
  arm: string;
  analyst: "usual" | "random";
  settings: SettingsInput;
}

/** Searches in one world, which share its reference. */
export interface WorldJob {
  world: number;
  dilution: number;
  arms: readonly GymArm[];
}

export interface WorldFigures {
  worths: Record<string, Worth>;
  /** Seconds of CPU of each search, the analyst's included. */
  cpu: Record<string, number>;
}

const sizes = { train: 400, validation: 40, judged: 400 };

/** Names of what is no search: the bounds. */
export const bounds = { empty: "empty skill", rules: "all true rules", optimum: "reference optimum" } as const;

/** Each arm's head at the end, from the empty skill, beside bounds that are known. */
export async function worthsIn({ world: seed, dilution, arms }: WorldJob): Promise<WorldFigures> {
  const world = createWorld(seed, { dilution });
  const tasks = createTasks(world, "test", sizes.judged);
  const reference = findReference(world, tasks);
  const onTest = createJudge(world, tasks);
  const onShifted = createJudge(world, createTasks(world, "shifted", sizes.judged));
  const onComposition = createJudge(world, createTasks(world, "composition", sizes.judged));
  const worthOf = (skills: readonly SkillFolder[]): Worth => ({
    A: rounded(onTest(skills)),
    shifted: rounded(onShifted(skills)),
    composition: rounded(onComposition(skills)),
    words: readSkills(skills).words,
    regret: rounded(regret(reference, onTest(skills))),
  });
  const worths: Record<string, Worth> = {};
  const cpu: Record<string, number> = {};
  for (const arm of arms) {
    const from = process.cpuUsage();
    const best = await search(world, arm);
    cpu[arm.arm] = rounded(cpuSince(from) / 1000);
    worths[arm.arm] = worthOf(best);
  }
  worths[bounds.empty] = worthOf([createGymSkill()]);
  worths[bounds.rules] = worthOf([createGymSkill(trueDirectives(world))]);
  worths[bounds.optimum] = worthOf([reference.skill]);
  return { worths, cpu };
}

/** Six places: more would only make the file longer. */
function rounded(value: number): number {
  return Number(value.toFixed(6));
}

async function search(world: World, { analyst, settings }: GymArm): Promise<readonly SkillFolder[]> {
  const store = createMemoryStore();
  const run = await optimize({
    agent: createGymAgent(world),
    verifier: createGymVerifier(world),
    analyst: analyst === "random" ? createRandomGymAnalyst(world) : createGymAnalyst(world),
    program: [createGymSkill()],
    tasks: {
      train: createTasks(world, "train", sizes.train),
      validation: createTasks(world, "validation", sizes.validation),
      sealed: [],
      test: [],
    },
    settings: { ...settings, seed: world.seed },
    store,
  });
  await run.result();
  return (await show("run", { store })).best;
}
