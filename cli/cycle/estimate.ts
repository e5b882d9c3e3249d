import { usualEffort } from "../../analysts/language-model/effort.ts";
import { parseModelName } from "../../models/model-settings.ts";
import { dollarsOf, priceOf, pricesIn, type Price } from "../../models/prices.ts";
import { estimateRun, type Estimate, type Span } from "../../runs/cycle/estimate.ts";
import type { TaskSuites } from "../../runs/cycle/optimize.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { countTokens } from "../../skills/tokens.ts";
import type { Settings } from "../../state/settings.ts";
import { exitCodes } from "../terminal/failure.ts";
import { isModelAnalyst, nameOf, type PartChoices } from "../parts/parts.ts";
import { grouped } from "../../runs/words.ts";

interface Role {
  name: string;
  calls: Span;
  /** Null where the part pays for nothing, or what it sends cannot be told beforehand. */
  inputTokens: Span | null;
  /** What is sent, and what the least answers come to; null where the price is not known. */
  usd: Span | null;
}

const free: Span = { least: 0, most: 0 };

/** What a run may come to and cost; asks and stores nothing. */
export async function estimateCommand(
  parts: PartChoices,
  run: { program: readonly SkillFolder[]; tasks: TaskSuites; settings: Settings },
  { json = false }: { json?: boolean | undefined },
): Promise<number> {
  const estimate = await estimateRun(run);
  const roles = {
    agent: agentRole(parts.agent, estimate),
    analyst: analystRole(parts.analyst, estimate),
    verifier: await verifierRole(parts, estimate),
  };
  if (json) process.stdout.write(`${JSON.stringify({ ...estimate, roles })}\n`);
  else process.stdout.write(describe(estimate, roles));
  return exitCodes.finished;
}

function agentRole(agent: PartChoices["agent"], { rollouts, testRollouts, rollout }: Estimate): Role {
  const calls = { least: rollouts.least + testRollouts.least, most: rollouts.most + testRollouts.most };
  const name = nameOf(agent);
  if (typeof agent !== "string")
    return { name, calls, inputTokens: null, usd: agent.isEmbedded === true ? free : null };
  const [kind = "", model] = name.split(/:(.*)/s);
  if (kind === "procedure") return { name, calls, inputTokens: null, usd: free };
  const price = (kind === "chat" || kind === "tools") && model !== undefined ? priceNamed(model) : null;
  const input = rollout.skillTokens + rollout.taskTokens;
  const usdOf = (count: number) =>
    costOf(price, { inputTokens: count * input, outputTokens: count * rollout.outputTokens });
  return { name, calls, inputTokens: times(calls, input), usd: spanOf(price, calls, usdOf) };
}

function analystRole(analyst: PartChoices["analyst"], { generations }: Estimate): Role {
  const name = nameOf(analyst);
  if (typeof analyst !== "string") return { name, calls: { least: 0, most: 0 }, inputTokens: null, usd: null };
  if (!isModelAnalyst(name)) return { name, calls: { least: 0, most: 0 }, inputTokens: null, usd: free };
  const price = priceNamed(name.replace(/^model:/, ""));
  const calls = { least: 0, most: generations.most * usualEffort.calls };
  const usdOf = (count: number) => costOf(price, { inputTokens: count * usualEffort.promptTokens, outputTokens: 0 });
  return { name, calls, inputTokens: times(calls, usualEffort.promptTokens), usd: spanOf(price, calls, usdOf) };
}

/** What a judge is told beside task, answer and rubric, in tokens, as `verifiers/judge-messages.ts` has it. */
const judgePrompt = 300;

/** A judge is asked once for each rollout. */
async function verifierRole({ verifier, rubric = "" }: PartChoices, { rollouts, testRollouts, rollout }: Estimate) {
  const name = nameOf(verifier);
  const [kind = "", model] = name.split(/:(.*)/s);
  const calls = { least: rollouts.least + testRollouts.least, most: rollouts.most + testRollouts.most };
  if (typeof verifier !== "string") return { name, calls, inputTokens: null, usd: null };
  if ((kind !== "judge" && kind !== "checklist") || model === undefined)
    return { name, calls, inputTokens: null, usd: free };
  const price = priceNamed(model);
  const input = judgePrompt + (await countTokens(rubric)) + rollout.taskTokens + 2 * rollout.outputTokens;
  const usdOf = (count: number) => costOf(price, { inputTokens: count * input, outputTokens: 0 });
  return { name, calls, inputTokens: times(calls, input), usd: spanOf(price, calls, usdOf) };
}

function priceNamed(text: string): Price | null {
  const { model, settings } = parseModelName(text);
  return settings.price ?? priceOf(model, pricesIn(process.env));
}

function costOf(price: Price | null, tokens: { inputTokens: number; outputTokens: number }): number {
  return dollarsOf({ ...tokens, usd: 0 }, price);
}

function times({ least, most }: Span, factor: number): Span {
  return { least: least * factor, most: most * factor };
}

function spanOf(price: Price | null, { least, most }: Span, usdOf: (count: number) => number): Span | null {
  return price === null ? null : { least: usdOf(least), most: usdOf(most) };
}

function describe({ generations, rollouts, testRollouts, rollout }: Estimate, roles: Record<string, Role>): string {
  const lines = [
    "Nothing was asked and nothing stored. The run may come to:",
    `  generations  ${between(generations)}`,
    `  rollouts     ${between(rollouts)}, and ${between(testRollouts)} on test at the end`,
    `  a rollout    ${grouped(rollout.skillTokens)} tokens of skill and ${grouped(rollout.taskTokens)} of task in, at least ${grouped(rollout.outputTokens)} out`,
    ...Object.entries(roles).map(([role, each]) => `  ${role.padEnd(11)}  ${each.name}: ${describeRole(each)}`),
  ];
  return `${lines.join("\n")}\nThe skill may grow, and what models think before they answer comes on top.\n`;
}

function describeRole({ calls, inputTokens, usd }: Role): string {
  if (inputTokens === null) return usd === null ? "cost unknown, as it is no part of skillgraph" : "costs nothing";
  const price = usd === null ? "price unknown" : `$${usd.least.toFixed(2)} to $${usd.most.toFixed(2)}`;
  return `${between(calls)} calls, ${between(inputTokens)} tokens in, ${price}`;
}

function between({ least, most }: Span): string {
  return least === most ? grouped(most) : `${grouped(least)} to ${grouped(most)}`;
}
