import { strictAcceptance } from "../../../policies/acceptance.ts";
import { stretchArchive } from "../../../policies/archives/stretch.ts";
import { startOfCourse, type Course } from "../../../policies/audits/course.ts";
import { optimisticTrial } from "../../../policies/audits/optimistic-trial.ts";
import { againstHead } from "../../../policies/trial.ts";
import { validationTasks } from "../../../policies/validation-tasks.ts";
import { newMember, type Values } from "../../../state/archive.ts";
import type { RunState } from "../../../state/channels.ts";
import type { Hash } from "../../../state/json.ts";
import type { SettingsInput } from "../../../state/settings.ts";
import { candidateOf, createBlankPayload, hashOf, settingsOf, stateOf } from "../nodes.ts";
import { scoringBy, validated } from "../validated.ts";

export const trial = optimisticTrial(againstHead(strictAcceptance));
/** Validation tasks. */
export const size = 24;
export const payload = createBlankPayload();
/** In which audits ask them. */
export const order = validationTasks(settingsOf(), size);
/** Scores of a program that passes the first so many tasks of the suite. */
export const right = (tasks: number): Values => Array.from({ length: size }, (_, index) => (index < tasks ? 1 : 0));

export interface Setting {
  /** Scores by program; those since the checked one are its members in this order. */
  scores: Record<string, Values>;
  since?: string[];
  candidates?: string[];
  course?: Partial<Course>;
  settings?: SettingsInput;
  state?: Partial<RunState>;
  /** Of each candidate; null for none. */
  forecast?: { fixes: number; breaks: number } | null;
}

/** A batch on which a program fails at everything. */
export async function rolledBatch(program: string, tasks: number): Promise<Hash> {
  const batch = { program: hashOf(program), suite: "train" as const, tasks: { hash: hashOf("train"), size: tasks } };
  const indices = Array.from({ length: tasks }, (_, index) => index);
  const { executor } = scoringBy({ [program]: indices.map(() => 0) });
  return payload.putJson(await executor.roll({ ...batch, indices, samples: 1 }, {}));
}

/** A generation after heads that were taken since `start` was checked. */
export async function audited({
  scores,
  since = [],
  candidates = [],
  course = {},
  settings = {},
  state = {},
  forecast = { fixes: 1, breaks: 0 },
}: Setting) {
  const origin = { operator: "add", target: "", features: { ...forecast } };
  const members = ["start", ...since].map((name) => newMember(hashOf(name)));
  const remembered = since.map((name) => ({ program: hashOf(name), edits: hashOf(`${name}-edits`), promised: 0.1 }));
  const memory = { ...startOfCourse, since: remembered, ...course };
  const head = hashOf(["start", ...since].at(-1)!);
  const before = stateOf({
    generation: 5,
    settings: settingsOf({ batch: 40, ...settings }),
    suites: { ...stateOf().suites, validation: { hash: hashOf("validation"), size } },
    parents: [head],
    archive: await payload.putJson(members),
    head,
    candidates: candidates.map((name) => candidateOf(name, { origin })),
    memories: await payload.putJson({ [trial.name]: memory }),
    ...state,
  });
  const found = await validated({ payload, scores, trial, state: before });
  const measured = found.measured.map((one) => ({ ...one, values: {} }));
  const archive = { head, members: members.map((member) => ({ ...member, values: {} })) };
  const { parents, generation } = before;
  const input = { archive, measured, parents, generation, settings: before.settings, audit: found.audit };
  return { ...found, decision: stretchArchive.update(input, null, () => 0) };
}
