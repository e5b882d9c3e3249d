import { randomUUID } from "node:crypto";
import type { TaskAgent } from "../../agents/agent.ts";
import { adviseOn, noiseOf } from "../../policies/inference/noise.ts";
import { byTask } from "../../policies/samples.ts";
import { meanScore } from "../../policies/scores.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Values } from "../../state/archive.ts";
import { createDraw, permutation } from "../../state/draw.ts";
import { hashJson } from "../../state/json.ts";
import { Settings } from "../../state/settings.ts";
import { noCost, type Task } from "../../state/task.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import type { TaskSuites } from "../cycle/optimize.ts";
import { evaluationsFamily } from "../evaluation/evaluate.ts";
import { counted, scoreText, signedText } from "../words.ts";
import { ok, problem, warning, type Check } from "./check.ts";

export interface NoiseLook {
  tasks: TaskSuites;
  agent: TaskAgent;
  verifier: Verifier;
  /** The skill that a run would start from; null where there is none. */
  program: readonly SkillFolder[] | null;
  /** How many train tasks are run: twice with the skill, once without any. */
  size: number;
  store: RecordStore;
  concurrency: number;
}

/** A gain that a run should be able to tell from noise (ours [R]). */
const wantedGain = 0.1;

/** How many validation tasks a run uses by default. */
const usualValidation = Settings.shape.validation.parse(undefined) ?? Infinity;

/** Above this score of the skill, or below this distance to the expected answers, there is little to gain (ours [R]). */
const littleHeadroom = 0.05;

/**
 * Runs the same skill twice on train tasks, and no skill once, before a run pays for anything: how much the scores differ by chance, what
 * a comparison on the validation tasks can find, and how much there is to gain. What was answered before is not paid for again.
 */
export async function checkNoise(look: NoiseLook): Promise<Check[]> {
  const { tasks, program, size } = look;
  const order = permutation(tasks.train.length, createDraw(0, 0, "noise")).slice(0, size);
  const chosen = order.map((place) => tasks.train[place] as Task);
  const [without] = (await scoresOf(look, { program: [], chosen, samples: 1 })) as [Values];
  const [first, second] = await scoresOf(look, { program: program ?? [], chosen, samples: 2 });
  const noise = noiseOf(first ?? [], second ?? []);
  if (noise === null)
    return [problem("noise", `None of ${counted(chosen.length, "train task")} has two results.`, "Check the agent.")];
  const missing = chosen.length - noise.pairs;
  const [low, high] = noise.interval.map(signedText) as [string, string];
  const lacking = missing === 0 ? "" : `, ${missing} missing`;
  const about = `${(100 * noise.flips).toFixed(0)} % of ${counted(noise.pairs, "train task")} score differently when run again${lacking}`;
  return [
    ok("noise", `${about}; mean difference ${signedText(noise.difference)} (95 % ${low} to ${high})`),
    adviceOn(noise.spread, Math.min(tasks.validation.length, usualValidation)),
    ...(await headroom(look, { chosen, without, given: program === null ? null : (first ?? []) })),
  ];
}

function adviceOn(spread: number, validation: number): Check {
  if (spread === 0) return ok("noise", "No noise was seen: one sample per task is enough.");
  const { samples, detectable, tasks } = adviseOn({ spread }, validation, wantedGain);
  const list = detectable.map((one) => `${scoreText(one.gain)} with samples=${one.samples}`).join(", ");
  const text = `On ${counted(validation, "validation task")} a gain is likely to be found from ${list}.`;
  if (samples === 1) return ok("noise", `${text} One sample per task is enough for ${scoreText(wantedGain)}.`);
  const more = `Use at least ${tasks} validation tasks`;
  if (samples === null)
    return warning("noise", text, `${more}; more samples are not enough for ${scoreText(wantedGain)}.`);
  return warning(
    "noise",
    text,
    `Set samples=${samples} (--set samples=${samples}), or use at least ${tasks} validation tasks.`,
  );
}

interface Found {
  chosen: readonly Task[];
  without: Values;
  given: Values | null;
}

/** No skill, the given one, and the expected answers, scored by the verifier. */
async function headroom(look: NoiseLook, { chosen, without, given }: Found): Promise<Check[]> {
  const oracle = await oracleScore(look, chosen);
  const now = meanScore(given ?? without);
  const scores = [
    `no skill ${scoreText(meanScore(without))}`,
    ...(given === null ? [] : [`the skill ${scoreText(meanScore(given))}`]),
    ...(oracle === null ? [] : [`the expected answers ${scoreText(oracle)}`]),
  ].join(", ");
  if (now !== null && (oracle ?? 1) - now < littleHeadroom)
    return [warning("headroom", `${scores}.`, "There is little to gain on these tasks; use harder ones.")];
  return [ok("headroom", scores)];
}

/** What the expected answers themselves score: the most there is to reach. Null where they are not answers. */
async function oracleScore(look: NoiseLook, chosen: readonly Task[]): Promise<number | null> {
  const answers = new Map(chosen.map(({ id, expected }) => [id, expected]));
  if (look.verifier.expects === "pattern" || chosen.some(({ expected }) => typeof expected !== "string")) return null;
  const agent: TaskAgent = {
    fingerprint: `expected answers ${hashJson([...answers])}`,
    isEmbedded: true,
    answer: async ({ id }) => ({ text: String(answers.get(id)), used: [], trace: [], cost: noCost }),
  };
  const [scores] = await scoresOf({ ...look, agent }, { program: [], chosen, samples: 1 });
  return meanScore(scores ?? []);
}

interface Asked {
  program: readonly SkillFolder[];
  chosen: readonly Task[];
  samples: number;
}

/** Scores by task, a column for each sample. */
async function scoresOf(
  { agent, verifier, store, concurrency }: NoiseLook,
  { program, chosen, samples }: Asked,
): Promise<Values[]> {
  const payload = createPayload({ store, family: evaluationsFamily });
  const ledger = createLedger({ store, family: evaluationsFamily, run: randomUUID() });
  const executor = createLocalPool({ agent, verifier, ledger, payload, concurrency });
  const tasks = { hash: await payload.putJson(chosen), size: chosen.length };
  const request = { program: await payload.putProgram(program), suite: "train" as const, tasks, samples };
  const { rows } = await executor.roll({ ...request, indices: [...chosen.keys()] }, {});
  const results = byTask(rows, ({ task }) => task).map(({ rows: own }) => own.map(({ score }) => score?.value ?? null));
  return Array.from({ length: samples }, (_, sample) => results.map((own) => own[sample] ?? null));
}
