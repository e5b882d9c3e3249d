import type { TaskAgent } from "../../agents/agent.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import type { TaskSuites } from "../../runs/cycle/optimize.ts";
import { applyEdits } from "../../skills/edits.ts";
import { programHash, textOf, type SkillFolder } from "../../skills/folder.ts";
import { createDraw } from "../../state/draw.ts";
import { EditError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { Edit } from "../../state/program.ts";
import { withSeen } from "../../state/seen.ts";
import type { Settings } from "../../state/settings.ts";
import type { RolloutRow, RolloutSet, Task } from "../../state/task.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { createRolloutArchive } from "../../stores/payload/rollout-archive.ts";
import { readScoredRollouts } from "../../stores/payload/scored-rollouts.ts";
import type { Verifier } from "../../verifiers/verifier.ts";

export type PeerSuite = "train" | "validation";

export interface WorkshopNeeds {
  suites: Pick<TaskSuites, PeerSuite>;
  agent: TaskAgent;
  verifier: Verifier;
  analyst: Analyst;
  /** Those of a run: `validation`, `replay`, `edits` and `seed` count. */
  settings: Settings;
}

/** What an analyst makes of a skill: null and why where it makes nothing. */
export interface Revision {
  skill: string | null;
  edits: readonly Edit[];
  reason?: string;
}

/** Runs and studies skills as the nodes of a run do, for whoever decides what is run and studied. */
export function createWorkshop({ suites, agent, verifier, analyst, settings }: WorkshopNeeds) {
  const place = { store: createMemoryStore(), family: "peer", run: "peer" };
  const [payload, ledger] = [createPayload(place), createLedger(place)];
  const archive = createRolloutArchive({ payload, ledger });
  const executor = createLocalPool({ agent, verifier, ledger, payload, concurrency: 8 });
  const used = validationTasks(settings, suites.validation.length).map((at) => suites.validation[at] as Task);
  const tasks: Record<PeerSuite, readonly Task[]> = { train: suites.train, validation: used };
  const trainById = new Map(suites.train.map((task) => [task.id, task]));
  const refOf = async (suite: PeerSuite) => ({ hash: await payload.putJson(tasks[suite]), size: tasks[suite].length });
  /** The last row of each task, by suite and program. */
  const rows = new Map<string, Map<string, RolloutRow>>();
  const rowsOf = (suite: PeerSuite, program: Hash) => rows.get(`${suite}/${program}`) ?? new Map<string, RolloutRow>();
  let seen = "";
  /** What was studied, oldest first: the replay window of a run holds its batches. */
  let studied: Hash[] = [];

  return {
    tasks,

    async roll(skill: SkillFolder, suite: PeerSuite, indices: readonly number[]): Promise<RolloutSet> {
      const program = await payload.putProgram([skill]);
      const ref = await refOf(suite);
      const set = await executor.roll({ program, suite, tasks: ref, indices, samples: 1 }, {});
      if (suite === "train") seen = withSeen(seen, ref.size, indices);
      rows.set(
        `${suite}/${program}`,
        new Map([...rowsOf(suite, program), ...set.rows.map((row) => [row.task, row] as const)]),
      );
      return set;
    },

    /** Rollouts of train tasks with what was asked, answered and expected. */
    async trace(set: RolloutSet): Promise<object[]> {
      const scored = await readScoredRollouts({ payload, ledger }, await archive.save(set), trainById);
      return scored.map(({ rollout: { task, answer, reason }, question, expected, score }) => ({
        task,
        score: score?.value ?? null,
        question: question.input,
        answer: answer?.text ?? null,
        expected,
        feedback: score?.feedback ?? reason ?? "",
      }));
    },

    /** The first of the train tasks that this skill was not run on. */
    unseen(skill: SkillFolder, ids: readonly string[]): string | undefined {
      const own = rowsOf("train", programHash([skill]));
      return ids.find((id) => !own.has(id));
    },

    /** Mean over all validation tasks in use; null where the skill was not run on all of them, or has no result. */
    validationMean(skill: SkillFolder): number | null {
      const own = rowsOf("validation", programHash([skill]));
      const values = [...own.values()].flatMap(({ score }) => score?.value ?? []);
      if (own.size < used.length || values.length === 0) return null;
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    },

    /** What the analyst makes of the skill from its rollouts on these train tasks, which are the newest of the replay window. */
    async revise(
      skill: SkillFolder,
      ids: readonly string[],
      { rejected, step }: { rejected: readonly Edit[]; step: number },
    ): Promise<Revision> {
      const program = programHash([skill]);
      const own = rowsOf("train", program);
      const batch = ids.flatMap((id) => own.get(id) ?? []);
      const visible = { [skill.name]: skill.hash };
      const saved = await archive.save({ program, visible, suite: "train", rows: batch, tokens: 0 });
      // Each set has a task at least, so that older sets are not in the window.
      studied = [...studied, saved].slice(-settings.replay);
      const from = { suite: await refOf("train"), seen };
      const replay = (await archive.study(studied, from)).slice(-settings.replay);
      const failures = await analyst.analyze(await archive.study([saved], from), [skill]);
      const deficiencies = await analyst.diagnose(failures, [skill], replay);
      if (deficiencies.length === 0) return { skill: null, edits: [], reason: "The analyst found no deficiency." };
      const { drafts } = await analyst.propose(deficiencies, [skill], replay, {
        edits: settings.edits,
        rejected,
        takesShorter: false,
        scope: "files",
        draw: createDraw(settings.seed, step, "propose"),
      });
      const edits = drafts[0]?.edits ?? [];
      if (edits.length === 0) return { skill: null, edits, reason: "The analyst proposed no edit." };
      try {
        const [edited] = applyEdits([skill], edits);
        return { skill: textOf(edited as SkillFolder) ?? null, edits };
      } catch (error) {
        if (!(error instanceof EditError)) throw error;
        return { skill: null, edits, reason: error.message };
      }
    },
  };
}
