import { createCompiler } from "../agents/procedure/interpret.ts";
import type { TaskAgent } from "../agents/agent.ts";
import { paretoFront } from "../policies/fronts/dominance.ts";
import { hypervolume } from "../policies/fronts/hypervolume.ts";
import { complianceWith } from "../policies/objectives.ts";
import { evaluate } from "../runs/evaluation/evaluate.ts";
import { programHash, type SkillFolder } from "../skills/folder.ts";
import type { Task } from "../state/task.ts";
import { createMemoryStore } from "../stores/drivers/memory.ts";
import type { Verifier } from "../verifiers/verifier.ts";

/** The head that stood after so many rollouts. */
export interface CurvePoint {
  rollouts: number;
  score: number;
  words: number;
}

/** A program that a run kept, with its mean on validation; null where it was not measured. */
export interface Kept {
  skills: readonly SkillFolder[];
  validation: number | null;
}

/** MOCHA's limits, as in the recipe: characters without a penalty. */
const compliance = complianceWith({ description: 1024, body: 5000 });

/** Scores programs on the reported split, outside of any budget, each program once. */
export function createReader(
  reported: readonly Task[],
  { agent, verifier, set }: { agent: TaskAgent; verifier: Verifier; set: string },
) {
  const compile = createCompiler();
  const scores = new Map<string, number>();

  async function scoreOf(skills: readonly SkillFolder[]): Promise<number> {
    const key = programHash(skills);
    const known = scores.get(key);
    if (known !== undefined) return known;
    const look = { agent, verifier, program: skills, tasks: reported, suite: "test" as const };
    const { score } = await evaluate({ ...look, store: createMemoryStore(), concurrency: 64 });
    if (score === null) throw new Error(`No task of ${set} has a result.`);
    // More places would only make the results longer.
    const rounded = Number(score.toFixed(6));
    scores.set(key, rounded);
    return rounded;
  }

  return {
    /** How many programs were run on the reported split. */
    evaluations: () => scores.size,
    async point(rollouts: number, skills: readonly SkillFolder[]): Promise<CurvePoint> {
      return { rollouts, score: await scoreOf(skills), words: compile(skills).words };
    },
    /**
     * Hypervolume in 0..1 of what a run kept, on correctness, description and body. Of the programs kept only those on the front
     * of these objectives, correctness as validation has it, are scored, so that a large archive costs few looks.
     */
    async hypervolume(kept: readonly Kept[]): Promise<number> {
      const texts = kept.map(({ skills }) => compliance.of(skills));
      const vectorOf = (correctness: number, at: number) => [
        correctness,
        texts[at]?.["description"] ?? 0,
        texts[at]?.["body"] ?? 0,
      ];
      const front = paretoFront(kept.map(({ validation }, at) => vectorOf(validation ?? 0, at)));
      const vectors = [];
      for (const at of front) vectors.push(vectorOf(await scoreOf(kept[at]?.skills ?? []), at));
      return hypervolume(vectors);
    },
  };
}
