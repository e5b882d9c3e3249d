import type { RecordStore } from "../../stores/record-store.ts";
import { readRollouts } from "./rollouts.ts";

const harm = { least: 3, share: 0.7 };

/** Whether a skill harms: at least 3 rollouts used it and have a score, and at least .7 of them failed [C] (SkillEvolBench). */
export function isHarmful({ scored, failed }: { scored: number; failed: number }): boolean {
  return scored >= harm.least && failed / scored >= harm.share;
}

/** What the rollouts of a run say about the skills of one name. */
interface SkillUse {
  readonly skill: string;
  /** Rollouts that could see it. */
  readonly visible: number;
  /** Rollouts that used it, as the agent says. */
  readonly used: number;
  /** Of those that used it and have a score, the share below 1; null if none has. */
  readonly failed: number | null;
  readonly standing: "not visible" | "unused" | "harmful" | "used";
}

/** The use of skills in the train and validation rollouts of a run that were answered, and how many those are. */
export interface SkillUses {
  readonly run: string;
  readonly rollouts: number;
  /** In order of name. */
  readonly skills: readonly SkillUse[];
}

/** The use of the skills that the programs of a run had, and of others. */
export async function readSkillUses(
  run: string,
  { store, others = [] }: { store: string | RecordStore; others?: readonly string[] },
): Promise<SkillUses> {
  const none = { visible: 0, used: 0, scored: 0, failed: 0 };
  const counts = new Map(others.map((skill) => [skill, { ...none }]));
  let rollouts = 0;
  for await (const { suite, visible, used, score } of readRollouts(run, { store })) {
    if ((suite !== "train" && suite !== "validation") || used === null) continue;
    rollouts += 1;
    for (const skill of new Set([...visible, ...used])) {
      const count = counts.get(skill) ?? { ...none };
      counts.set(skill, count);
      if (visible.includes(skill)) count.visible += 1;
      if (!used.includes(skill)) continue;
      count.used += 1;
      if (score !== null) count.scored += 1;
      if (score !== null && score < 1) count.failed += 1;
    }
  }
  const skills = [...counts].map(([skill, count]) => useOf(skill, count));
  return { run, rollouts, skills: skills.toSorted((one, other) => (one.skill < other.skill ? -1 : 1)) };
}

interface Counts {
  visible: number;
  used: number;
  scored: number;
  failed: number;
}

function useOf(skill: string, { visible, used, scored, failed: failures }: Counts): SkillUse {
  const failed = scored === 0 ? null : failures / scored;
  const harms = isHarmful({ scored, failed: failures });
  const standing = used > 0 ? (harms ? "harmful" : "used") : visible > 0 ? "unused" : "not visible";
  return { skill, visible, used, failed, standing };
}
