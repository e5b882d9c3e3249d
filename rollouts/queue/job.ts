import { z } from "zod";
import { BudgetError, HostError, PartError, ProviderError, StoreError } from "../../state/errors.ts";
import { canonicalJson, Hash, hashJson } from "../../state/json.ts";
import { RolloutRow, SuiteName, type Task } from "../../state/task.ts";
import { Doers } from "../../stores/queue/directory.ts";
import { withoutSecrets } from "../../stores/secrets.ts";
import type { RolledOut } from "../roll-out.ts";

/** A run that sends jobs, and which of its sessions does. */
export const Origin = z.strictObject({ run: z.string(), family: z.string(), session: z.string() });
export type Origin = z.infer<typeof Origin>;

/** A rollout to be done by a worker: what to find where in the store, and by whom it is to be done. */
export const RolloutJob = z.strictObject({
  ...Origin.shape,
  ...Doers.shape,
  program: Hash,
  /** Names of the skills that the agent sees; null for all. */
  visible: z.array(z.string()).nullable(),
  suite: SuiteName,
  /** The suite's tasks in the payload, and the place of the task among them. */
  tasks: Hash,
  index: z.int().nonnegative(),
  sample: z.int().nonnegative(),
});
export type RolloutJob = z.infer<typeof RolloutJob>;

/** The same for the same work of a run, whichever session asks for it. */
export function jobIdOf({ run, program, visible, sample }: RolloutJob, task: Task): Hash {
  return hashJson({ run, program, visible, task: hashJson(task), sample });
}

const Ending = z.strictObject({
  kind: z.enum(["provider", "budget", "host", "store", "part", "abort", "other"]),
  message: z.string(),
  status: z.int().optional(),
  hasBegun: z.boolean().optional(),
});
type Ending = z.infer<typeof Ending>;

/** What a worker replies: a rollout, or the error that ended the work; and what there is to tell. */
const RolloutReply = z.strictObject({
  rolledOut: z
    .strictObject({
      row: RolloutRow,
      silent: z.enum(["agent", "verifier"]).nullable(),
      failures: z.array(Hash),
      paid: z.boolean(),
      tokens: z.number().nonnegative(),
      idle: z.number().min(0).max(1),
    })
    .optional(),
  ending: Ending.optional(),
  told: z.array(z.string()),
});

/** The text of a reply. Canonical, as other JSON does not keep all numbers. */
export function replyOf(outcome: { rolledOut: RolledOut } | { error: unknown }, told: readonly string[]): string {
  const reply = "error" in outcome ? { ending: endingOf(outcome.error) } : outcome;
  return canonicalJson({ ...reply, told });
}

/** What was replied. Throws the error that ended the work. */
export function readReply(text: string, tell: (message: string) => void): RolledOut {
  const reply = RolloutReply.safeParse(JSON.parse(text));
  if (!reply.success) {
    const [issue] = reply.error.issues;
    throw new StoreError(
      `The reply of a worker has an unexpected format (${issue?.path.join(".")}: ${issue?.message}). Use the same version of skillgraph for runs and workers.`,
    );
  }
  const { rolledOut, ending, told } = reply.data;
  told.forEach(tell);
  if (rolledOut === undefined) throw errorOf(ending);
  return rolledOut;
}

/** The kinds that are told apart where a rollout is awaited: those that pause the run, and those that end it. */
function endingOf(error: unknown): Ending {
  const message = withoutSecrets(error instanceof Error ? error.message : String(error));
  if (error instanceof ProviderError)
    return { kind: "provider", message, ...(error.status === undefined ? {} : { status: error.status }) };
  if (error instanceof BudgetError) return { kind: "budget", message };
  if (error instanceof HostError) return { kind: "host", message, hasBegun: error.hasBegun };
  if (error instanceof StoreError) return { kind: "store", message, hasBegun: error.isHostFault };
  if (error instanceof PartError) return { kind: "part", message };
  return { kind: (error as Error).name === "AbortError" ? "abort" : "other", message };
}

function errorOf({ kind, message, status, hasBegun = false }: Ending = { kind: "other", message: "no reply" }): Error {
  switch (kind) {
    case "provider":
      return new ProviderError(message, { status });
    case "budget":
      return new BudgetError(message);
    case "host":
      return new HostError(message, { hasBegun });
    case "store":
      return new StoreError(message, { isHostFault: hasBegun });
    case "part":
      return new PartError(message);
    case "abort":
      return new DOMException(message, "AbortError");
    case "other":
      return new Error(message);
  }
}

/** A job that is not what workers of this version do, or whose run has been removed meanwhile. */
export function parseJob(data: unknown, own: Doers): RolloutJob {
  const job = RolloutJob.safeParse(data);
  if (!job.success) {
    throw new PartError(
      `A worker was sent a job of an unexpected format (${job.error.issues[0]?.message}). Use the same version of skillgraph for runs and workers.`,
    );
  }
  for (const part of ["agent", "verifier"] as const) {
    if (job.data[part] === own[part]) continue;
    throw new PartError(
      `The run has ${part} ${job.data[part]}, the worker ${own[part]}. Start workers with the config of the run.`,
    );
  }
  return job.data;
}
