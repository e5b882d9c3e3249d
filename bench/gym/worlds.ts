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
import { createPayload } from "../../stores/payload/payload.ts";
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

/** Rollouts at which heads are judged on the way. */
export const readOffs = [100, 200, 300, 500, 750, 1000, 1500, 2000] as const;

export interface WorldFigures {
  worths: Record<string, Worth>;
  /** A of the head of each search after as many rollouts as `readOffs` says. */
  curves: Record<string, number[]>;
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
  const curves: Record<string, number[]> = {};
  const cpu: Record<string, number> = {};
  for (const arm of arms) {
    const from = process.cpuUsage();
    const { best, heads } = await search(world, arm);
    cpu[arm.arm] = rounded(cpuSince(from) / 1000);
    worths[arm.arm] = worthOf(best);
    curves[arm.arm] = (await heads()).map((head) => rounded(onTest(head)));
  }
  worths[bounds.empty] = worthOf([createGymSkill()]);
  worths[bounds.rules] = worthOf([createGymSkill(trueDirectives(world))]);
  worths[bounds.optimum] = worthOf([reference.skill]);
  return { worths, curves, cpu };
}

/** Six places: more would only make the file longer. */
function rounded(value: number): number {
  return Number(value.toFixed(6));
}

/** What a search found. */
interface Searched {
  best: readonly SkillFolder[];
  /** The heads at the read-offs. */
  heads(): Promise<Array<readonly SkillFolder[]>>;
}

async function search(world: World, { analyst, settings }: GymArm): Promise<Searched> {
  const store = createMemoryStore();
  const program = [createGymSkill()];
  const run = await optimize({
    agent: createGymAgent(world),
    verifier: createGymVerifier(world),
    analyst: analyst === "random" ? createRandomGymAnalyst(world) : createGymAnalyst(world),
    program,
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
  const { best, timeline } = await show("run", { store });
  const payload = createPayload({ store, family: run.thread });
  const headAt = (rollouts: number) => timeline.findLast(({ spent }) => spent.rollouts <= rollouts)?.head;
  const programOf = async (head: string | undefined) => (head === undefined ? program : payload.program(head));
  return { best, heads: () => Promise.all(readOffs.map((rollouts) => programOf(headAt(rollouts)))) };
}
