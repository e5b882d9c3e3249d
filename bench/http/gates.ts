import { createChatAgent } from "../../agents/chat/chat-agent.ts";
import { canonicalJson } from "../../state/json.ts";
import { createServedModel } from "../../tests/support/model-server/served-model.ts";
import { startModelServer } from "../../tests/support/model-server/server.ts";
import { createSkillFollower } from "../../tests/support/model-server/skill-follower.ts";
import { meanAndInterval } from "../interval.ts";
import { learn, partsOf, type LearnFigures, type LearnJob } from "../learn.ts";
import { acceptanceArms, settingsOf, type Arm } from "../recipes/arms.ts";
import { printLine, printTable, showCount, showEstimate } from "../table.ts";
import { hasTaskSets } from "../task-sets.ts";

const set = "banking10";
const seeds = [1, 2, 3, 4];
const at = [250, 500, 1000];
const budgetRollouts = 1000;

interface Served {
  figures: LearnFigures;
  tokens: number;
  /** Whether the run in this process came to the same scores. */
  isEqual: boolean;
}

/**
 * Acceptances in this process and through a server, behind which a simulated model follows the skill in each request: the scores must be equal, and the
 * tokens are those that the server bills.
 */
export async function compareGates(): Promise<void> {
  if (!hasTaskSets()) {
    printLine(`skipped: acceptances on ${set}, as the task sets are not beside the project`);
    return;
  }
  const rows: string[][] = [];
  for (const arm of acceptanceArms) {
    const served: Served[] = [];
    for (const seed of seeds) served.push(await serve(arm, seed));
    const scores = at.map((_, place) =>
      showEstimate(meanAndInterval(served.map(({ figures }) => figures.points[place]?.score ?? 0))),
    );
    const sum = (count: (one: Served) => number) => served.reduce((total, one) => total + count(one), 0);
    const [rollouts, tokens] = [sum(({ figures }) => figures.rollouts), sum((one) => one.tokens)];
    const isEqual = served.every((one) => one.isEqual);
    if (!isEqual) process.exitCode = 1;
    const perRollout = showCount(Math.round(tokens / rollouts));
    rows.push([
      arm.arm,
      ...scores,
      isEqual ? "equal" : "DIFFERENT",
      showCount(Math.round(tokens / seeds.length)),
      perRollout,
    ]);
  }
  printLine(
    `Acceptances on ${set} through HTTP, ${showCount(budgetRollouts)} rollouts, ${seeds.length} seeds, a held-out third of train:`,
  );
  printTable(
    [
      "acceptance",
      ...at.map((rollouts) => `@${showCount(rollouts)}`),
      "in process",
      "tokens per run",
      "tokens per rollout",
    ],
    rows,
  );
}

async function serve(arm: Arm, seed: number): Promise<Served> {
  const settings = { ...settingsOf(arm, budgetRollouts), seed, budgetRollouts };
  const job: LearnJob = { set, split: "held-out", arm: arm.arm, analyst: "statistical", slip: null, settings, at };
  const server = await startModelServer({ brain: createSkillFollower(partsOf(job).agent) });
  try {
    const figures = await learn(job, createChatAgent({ model: await createServedModel(server.url) }));
    const { inputTokens, outputTokens } = server.bill;
    const isEqual = canonicalJson(figures.points) === canonicalJson((await learn(job)).points);
    return { figures, tokens: inputTokens + outputTokens, isEqual };
  } finally {
    await server.close();
  }
}
