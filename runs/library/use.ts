import { readRollouts } from "../reading/rollouts.ts";
import type { RecordStore } from "../../stores/record-store.ts";

/** A skill that so many rollouts used, and this share of them failed, harms [C] (SkillEvolBench: 3 and .7). */
const harm = { least: 3, share: 0.7 };

/** What the rollouts of a run say about a skill, by its name. */
export interface SkillUse {
  readonly skill: string;
  /** Rollouts that used it, as the agent says. */
  readonly used: number;
  /** Of those that have a score, the share below 1; null if none has. */
  readonly failed: number | null;
  readonly standing: "unused" | "harmful" | "used";
}

/** How some skills were used in the train and validation rollouts of a run, and how many those are. */
export async function usesIn(
  run: string,
  skills: readonly string[],
  { store }: { store: string | RecordStore },
): Promise<{ run: string; rollouts: number; skills: SkillUse[] }> {
  const counts = new Map(skills.map((skill) => [skill, { used: 0, scored: 0, failed: 0 }]));
  let rollouts = 0;
  for await (const { suite, used, score } of readRollouts(run, { store })) {
    if ((suite !== "train" && suite !== "validation") || used === null) continue;
    rollouts += 1;
    for (const skill of used) {
      const count = counts.get(skill);
      if (count === undefined) continue;
      count.used += 1;
      if (score !== null) count.scored += 1;
      if (score !== null && score < 1) count.failed += 1;
    }
  }
  const uses = [...counts].map(([skill, { used, scored, failed }]): SkillUse => {
    const share = scored === 0 ? null : failed / scored;
    const isHarmful = scored >= harm.least && share !== null && share >= harm.share;
    return { skill, used, failed: share, standing: used === 0 ? "unused" : isHarmful ? "harmful" : "used" };
  });
  return { run, rollouts, skills: uses };
}
