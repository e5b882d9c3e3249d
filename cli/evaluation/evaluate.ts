import { counted, meansText, signedText } from "../../runs/words.ts";
import { readProgram } from "../../readers/skill.ts";
import { readTasks } from "../../readers/tasks.ts";
import { evaluate, type Evaluation } from "../../runs/evaluation/evaluate.ts";
import { shortfallOf } from "../../runs/evaluation/shortfall.ts";
import { refuseUnknownSkills, visibilityOf } from "../../policies/visibility.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Settings } from "../../state/settings.ts";
import { stderrColors as pc } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/failure.ts";
import { agentNamed, verifierNamed, type PartChoices } from "../parts/parts.ts";
import { formatScore } from "../terminal/progress.ts";
import { readRubric } from "../parts/rubric.ts";
import { openStoreFor } from "../parts/store.ts";
import { warnOfFindings } from "../terminal/findings.ts";
import { print, printJson, tell } from "../terminal/door.ts";

export interface EvaluateFlags {
  skill: string;
  tasks: string;
  split: "train" | "validation" | "test";
  agent: PartChoices["agent"];
  verifier: PartChoices["verifier"];
  rubric?: string;
  minScore?: number;
  maxMissing?: number;
  against?: string;
  expect: "no-worse" | "better";
  visibility: Settings["visibility"];
  visible?: number;
  hidden?: string[];
  concurrency: number;
  store: string;
  json?: boolean;
}

/** How many failures are shown to people; `--json` has them all. */
const shownFailures = 5;

/** 4 where the skill falls short of what was asked for. */
export async function evaluateCommand({ skill, tasks: path, split, ...flags }: EvaluateFlags): Promise<number> {
  const [program, tasks] = [await readProgram(skill), (await readTasks(path))[split]];
  if (tasks.length === 0)
    throw new SettingsError("split", `${path} contains no ${split} tasks. Choose another --split, or add tasks.`);
  const { agent, verifier, concurrency } = flags;
  const parts = {
    agent: await agentNamed(agent),
    verifier: await verifierNamed(verifier, readRubric(flags.rubric).rubric),
  };
  warnOfFindings(parts.agent.inspect?.(program) ?? []);
  const against = flags.against === undefined ? {} : { against: await readProgram(flags.against) };
  const seeing = { visibility: flags.visibility, visible: flags.visible ?? null, hidden: flags.hidden ?? [] };
  refuseUnknownSkills({ setting: "hidden", skills: seeing.hidden }, program);
  const { store, close } = await openStoreFor(flags.store);
  const from = { ...parts, ...against, program, tasks, suite: split, store, concurrency };
  const visibility = visibilityOf(seeing);
  const evaluation = await evaluate({ ...from, visibility }).finally(close);
  const shortfall = shortfallOf(evaluation, flags);
  if (flags.json === true) printJson({ ...evaluation, shortfall });
  else print(describe(evaluation, flags.against));
  if (shortfall === null) return exitCodes.finished;
  tell(`${pc.red("falls short")} ${shortfall}\n`);
  return exitCodes.short;
}

function describe(evaluation: Evaluation, path = ""): string {
  const { suite, score, objectives, tasks, looks, missing, used, failures, against } = evaluation;
  const missed = missing === 0 ? "" : `, ${missing} missing`;
  const shares = Object.entries(used).map(([name, share]) => `${name} in ${(100 * share).toFixed(0)} %`);
  const more = failures.length - shownFailures;
  const lines = [
    `${suite} ${formatScore(score).trim()}${meansText(objectives)} on ${tasks} tasks${missed} (evaluated ${counted(looks, "time")} so far)`,
    ...(against === null ? [] : describeAgainst(against, path)),
    `skills used, as reported by the agent: ${shares.join(", ")} of the answers`,
    ...failures.slice(0, shownFailures).map(({ task, feedback }) => `  ${task}: ${feedback}`),
    ...(more > 0 ? [`  ... ${more} more; --json lists all`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function describeAgainst(against: NonNullable<Evaluation["against"]>, path: string): string[] {
  const { score, tasks, missing, pairs, difference, interval, better, worse, shown } = against;
  const missed = missing === 0 ? "" : `, ${missing} missing`;
  const [low, high] = interval?.map(signedText) ?? [];
  const change = difference === null ? "no task has a result for both" : signedText(difference);
  const range = interval === null ? "" : `, 95 % interval ${low} to ${high}`;
  const verdict = shown === null ? "" : `, shown to be ${shown}`;
  const on = pairs === tasks ? "" : ` (${pairs} tasks with a result for both)`;
  return [
    `against ${formatScore(score).trim()} of ${path}${missed}: ${change}${range}; better on ${better} tasks, worse on ${worse}${on}${verdict}`,
  ];
}
