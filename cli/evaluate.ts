import { readProgram } from "../readers/skill.ts";
import { readTasks } from "../readers/tasks.ts";
import { evaluate } from "../runs/evaluate.ts";
import { SettingsError } from "../state/errors.ts";
import { exitCodes } from "./failure.ts";
import { agentNamed, verifierNamed, type PartChoices } from "./parts.ts";
import { formatScore } from "./progress.ts";
import { readRubric } from "./rubric.ts";
import { openStoreFor } from "./store.ts";
import { warnOfFindings } from "./findings.ts";

export interface EvaluateFlags {
  skill: string;
  tasks: string;
  split: "train" | "validation" | "test";
  agent: PartChoices["agent"];
  verifier: PartChoices["verifier"];
  rubric?: string;
  concurrency: number;
  store: string;
  json?: boolean;
}

/** How many failures are shown to people; `--json` has them all. */
const shownFailures = 5;

export async function evaluateCommand({ skill, tasks: path, split, ...flags }: EvaluateFlags): Promise<number> {
  const [program, tasks] = [await readProgram(skill), (await readTasks(path))[split]];
  if (tasks.length === 0)
    throw new SettingsError("split", `${path} holds no ${split} tasks. Choose another --split, or add some.`);
  const { agent, verifier, concurrency } = flags;
  const parts = {
    agent: await agentNamed(agent),
    verifier: await verifierNamed(verifier, readRubric(flags.rubric).rubric),
  };
  warnOfFindings(parts.agent.inspect?.(program) ?? []);
  const { store, close } = await openStoreFor(flags.store);
  const evaluation = await evaluate({ ...parts, program, tasks, suite: split, store, concurrency }).finally(close);
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(evaluation)}\n`);
    return exitCodes.finished;
  }
  const { score, looks, missing, used, failures } = evaluation;
  const missed = missing === 0 ? "" : `, ${missing} missing`;
  process.stdout.write(
    `${split} ${formatScore(score).trim()} on ${tasks.length} tasks${missed} (look ${looks} at them)\n`,
  );
  const shares = Object.entries(used).map(([name, share]) => `${name} in ${(100 * share).toFixed(0)} %`);
  process.stdout.write(`used, as the agent tells: ${shares.join(", ")} of the answers\n`);
  for (const { task, feedback } of failures.slice(0, shownFailures)) process.stdout.write(`  ${task}: ${feedback}\n`);
  if (failures.length > shownFailures)
    process.stdout.write(`  ... ${failures.length - shownFailures} more; --json lists all\n`);
  return exitCodes.finished;
}
