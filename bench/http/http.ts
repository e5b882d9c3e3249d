import { fileURLToPath } from "node:url";
import { createChatAgent } from "../../agents/chat/chat-agent.ts";
import type { TaskAgent } from "../../agents/agent.ts";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import { createGymAgent } from "../../gym/agent.ts";
import { createGymAnalyst } from "../../gym/analyst.ts";
import { createTasks } from "../../gym/requests.ts";
import { createGymSkill } from "../../gym/skill.ts";
import { createGymVerifier } from "../../gym/verifier.ts";
import { createWorld } from "../../gym/world.ts";
import { readTasks } from "../../readers/tasks.ts";
import { optimize, type OptimizeOptions } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { canonicalJson } from "../../state/json.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createServedModel } from "../../tests/support/model-server/served-model.ts";
import { startModelServer } from "../../tests/support/model-server/server.ts";
import { createSkillFollower } from "../../tests/support/model-server/skill-follower.ts";
import { createExact } from "../../verifiers/exact.ts";
import { runParts } from "../parts.ts";
import { printLine, printTable, showCount } from "../table.ts";
import { compareGates } from "./gates.ts";
import { hasTaskSets, readBenchTasks } from "../task-sets.ts";

const budgetRollouts = 800;
const examples = fileURLToPath(new URL("../../examples/support-messages", import.meta.url));

type Problem = Omit<OptimizeOptions, "agent" | "store">;

/**
 * The same runs with an embedded agent in this process and with a chat agent at a server, behind which a simulated model
 * follows the skill it finds in the request: curves must be equal, generation by generation. It proves the plumbing.
 */
export async function runOverHttp(words: string[]): Promise<void> {
  await runParts({ runs: compareRuns, gates: compareGates }, words);
}

async function compareRuns(): Promise<void> {
  const procedure = createProcedureAgent();
  const runs: Array<[name: string, problem: Problem, embedded: TaskAgent]> = [
    ["support-messages", await support(), procedure],
    ["gym, world 1", gym(), createTextualGymAgent()],
  ];
  if (hasTaskSets()) runs.push(["banking10", await realSet("banking10"), procedure]);
  else printLine("skipped: banking10 and gsm8k_small, as the task sets are not beside the project");
  const rows = [];
  for (const [name, problem, embedded] of runs) rows.push([name, ...(await compare(problem, embedded))]);
  printTable(
    [
      "run",
      "rollouts",
      "generations",
      "validation of the head, in process",
      "through HTTP",
      "timelines",
      "calls billed",
    ],
    rows,
  );
  if (hasTaskSets()) await plumb("gsm8k_small");
}

async function compare(problem: Problem, embedded: TaskAgent): Promise<string[]> {
  const inProcess = await timelineOf(problem, embedded);
  const server = await startModelServer({ brain: createSkillFollower(embedded) });
  const served = await timelineOf(problem, createChatAgent({ model: await createServedModel(server.url) }));
  await server.close();
  const isEqual = canonicalJson(inProcess) === canonicalJson(served);
  if (!isEqual) process.exitCode = 1;
  const last = inProcess.at(-1);
  const scoreOf = (timeline: typeof inProcess) => (timeline.at(-1)?.headScore ?? 0).toFixed(3);
  return [
    showCount(last?.spent.rollouts ?? 0),
    String(inProcess.length),
    scoreOf(inProcess),
    scoreOf(served),
    isEqual ? "equal" : "DIFFERENT",
    showCount(server.bill.answered),
  ];
}

async function timelineOf(problem: Problem, agent: TaskAgent) {
  const store = createMemoryStore();
  await (await optimize({ ...problem, agent, store })).result();
  // The place of rollouts in the ledger goes by the name of the agent; all else must be equal.
  return (await show("run", { store })).timeline.map(({ spent, ...record }) => {
    return { ...record, rollouts: null, spent: { ...spent, tokens: 0 } };
  });
}

async function support(): Promise<Problem> {
  return { ...withProcedures("support"), tasks: { ...(await readTasks(examples)), test: [] } };
}

async function realSet(set: string): Promise<Problem> {
  return { ...withProcedures(set), tasks: (await readBenchTasks(set, "held-out")).suites };
}

function withProcedures(name: string) {
  return {
    analyst: createStatisticalAnalyst(),
    verifier: createExact(),
    program: [minimalSkill(name.replaceAll("_", "-"), `Answers the tasks of ${name}.`)],
    settings: { budgetRollouts, seed: 1 },
  };
}

const world = createWorld(1);

/** Luck goes by the request's text and nobody traces directives, as over HTTP neither ids nor traces get across. */
function createTextualGymAgent(): TaskAgent {
  const agent = createGymAgent(world);
  return {
    fingerprint: `${agent.fingerprint} by text`,
    async answer({ input }, ...others) {
      return { ...(await agent.answer({ id: input, input }, ...others)), trace: [] };
    },
  };
}

function gym(): Problem {
  return {
    analyst: createGymAnalyst(world),
    verifier: createGymVerifier(world),
    program: [createGymSkill()],
    tasks: {
      train: createTasks(world, "train", 400),
      validation: createTasks(world, "validation", 40),
      sealed: [],
      test: [],
    },
    settings: { budgetRollouts, batch: 16, replay: 16, edits: 3, wave: 10, acceptance: "strict" },
  };
}

/** A set that takes a real language model: only whether it runs from end to end. */
async function plumb(set: string): Promise<void> {
  const server = await startModelServer({ brain: createSkillFollower() });
  const problem = await realSet(set);
  const settings = { budgetRollouts: 120, batch: 20, validation: 20 };
  const agent = createChatAgent({ model: await createServedModel(server.url), answerAfter: "####" });
  const { status } = await (await optimize({ ...problem, agent, settings, store: createMemoryStore() })).result();
  printLine(`${set}: ${status} after ${showCount(server.bill.answered)} calls; its score is not meaningful here`);
  await server.close();
}
