import { usualEffort } from "../../analysts/language-model/effort.ts";
import { parseModelName } from "../../models/model-settings.ts";
import { dollarsOf, priceOf, pricesIn } from "../../models/prices.ts";
import type { Recipe } from "../../graphs/recipe.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import type { Purse, Span } from "../../policies/forecast.ts";
import { estimateRun, type Estimate, type RolloutTokens } from "../../runs/cycle/estimate.ts";
import type { TaskSuites } from "../../runs/cycle/optimize.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { countTokens } from "../../skills/tokens.ts";
import type { Settings } from "../../state/settings.ts";
import type { Limits } from "../../state/usage.ts";
import { exitCodes } from "../terminal/failure.ts";
import { isModelAnalyst, nameOf, type PartChoices } from "../parts/parts.ts";
import { grouped } from "../../runs/words.ts";
import { print, printJson } from "../terminal/door.ts";

/** What a call of a part takes: tokens, and what they cost; the least, as what models think comes on top. */
interface Rate {
  inputTokens: number;
  outputTokens: number;
  /** Null where the price is not known. */
  usd: number | null;
}

interface Role {
  name: string;
  calls: Span;
  /** Null where the part pays for nothing, or what it sends is not known in advance. */
  inputTokens: Span | null;
  /** What is sent, and what the least answers come to; null where the price is not known. */
  usd: Span | null;
}

/** Who works in a run, each with the rate of a call; null where that is unknown. */
interface Rates {
  agent: Rate | null;
  analyst: Rate | null;
  verifier: Rate | null;
}

const free: Rate = { inputTokens: 0, outputTokens: 0, usd: 0 };

interface RunPlan {
  program: readonly SkillFolder[];
  tasks: TaskSuites;
  settings: Settings;
  limits: Limits;
  recipe?: Recipe;
}

/** What a run may come to and cost; asks and stores nothing. */
export async function estimateCommand(
  parts: PartChoices,
  run: RunPlan,
  { json = false }: { json?: boolean | undefined },
): Promise<number> {
  const { estimate, roles } = await estimateParts(parts, run);
  if (json) printJson({ ...estimate, roles });
  else print(describe(estimate, roles));
  return exitCodes.finished;
}

/** What a run of these parts may come to, with what its budgets buy as far as their costs are known. */
export async function estimateParts(parts: PartChoices, run: RunPlan) {
  const rubricTokens = await countTokens(parts.rubric ?? "");
  const ratesFor = (rollout: RolloutTokens): Rates => ({
    agent: agentRate(parts.agent, rollout),
    analyst: analystRate(parts.analyst),
    verifier: verifierRate(parts.verifier, rollout, rubricTokens),
  });
  const estimate = await estimateRun({ ...run, purses: (rollout) => pursesOf(run, ratesFor(rollout)) });
  const { agent, analyst, verifier } = ratesFor(estimate.rollout);
  const { rollouts, testRollouts, generations } = estimate;
  const asked = { least: rollouts.least + testRollouts.least, most: rollouts.most + testRollouts.most };
  const studies = { least: 0, most: generations.most * callsOf(run) };
  const roles = {
    agent: roleOf(nameOf(parts.agent), agent, asked),
    analyst: roleOf(
      nameOf(parts.analyst),
      analyst,
      analyst === null || analyst === free ? { least: 0, most: 0 } : studies,
    ),
    verifier: roleOf(nameOf(parts.verifier), verifier, asked),
  };
  return { estimate, roles };
}

/** Maximum number of calls of an analyst in a generation, before repairs. */
function callsOf({ settings, recipe }: RunPlan): number {
  const { calls, proposing, filesCalls } = usualEffort;
  const { drafting } = findRecipe(settings.recipe, recipe).policies(settings);
  return drafting.editsFiles === true ? calls - proposing + filesCalls : calls;
}

function roleOf(name: string, rate: Rate | null, calls: Span): Role {
  if (rate === null) return { name, calls, inputTokens: null, usd: null };
  const usd = rate.usd === null ? null : times(calls, rate.usd);
  return { name, calls, inputTokens: rate === free ? null : times(calls, rate.inputTokens), usd };
}

/** Budgets of tokens and of money, where it is known what a rollout and a study take of them. */
function pursesOf(run: RunPlan, { agent, analyst, verifier }: Rates): Purse[] {
  const { settings, limits } = run;
  if (agent === null || analyst === null || verifier === null) return [];
  const tokensOf = (rate: Rate) => rate.inputTokens + rate.outputTokens;
  const usd = [agent.usd, analyst.usd, verifier.usd];
  const [agentUsd, analystUsd, verifierUsd] = usd.map((price) => price ?? 0) as [number, number, number];
  return [
    ...(settings.budgetTokens === null
      ? []
      : [
          {
            bound: "budgetTokens" as const,
            left: settings.budgetTokens,
            rollout: tokensOf(agent) + tokensOf(verifier),
            generation: callsOf(run) * tokensOf(analyst),
          },
        ]),
    ...(limits.usd === null || usd.includes(null)
      ? []
      : [
          {
            bound: "usd" as const,
            left: limits.usd,
            rollout: agentUsd + verifierUsd,
            generation: callsOf(run) * analystUsd,
          },
        ]),
  ];
}

function agentRate(agent: PartChoices["agent"], rollout: RolloutTokens): Rate | null {
  if (typeof agent !== "string") return agent.isEmbedded === true ? free : null;
  const [kind = "", model] = agent.split(/:(.*)/s);
  if (kind === "procedure") return free;
  if ((kind !== "chat" && kind !== "tools") || model === undefined) return null;
  return rateOf(model, { inputTokens: rollout.skillTokens + rollout.taskTokens, outputTokens: rollout.outputTokens });
}

function analystRate(analyst: PartChoices["analyst"]): Rate | null {
  if (typeof analyst !== "string") return null;
  if (!isModelAnalyst(analyst)) return free;
  return rateOf(analyst.replace(/^model:/, ""), { inputTokens: usualEffort.promptTokens, outputTokens: 0 });
}

/** The size of a judge's prompt beside task, answer and rubric, in tokens, as `verifiers/judge-messages.ts` has it. */
const judgePrompt = 300;

/** A judge is asked once for each rollout. */
function verifierRate(
  verifier: PartChoices["verifier"],
  { taskTokens, outputTokens }: RolloutTokens,
  rubricTokens: number,
): Rate | null {
  if (typeof verifier !== "string") return null;
  const [kind = "", model] = verifier.split(/:(.*)/s);
  if ((kind !== "judge" && kind !== "checklist") || model === undefined) return free;
  return rateOf(model, { inputTokens: judgePrompt + rubricTokens + taskTokens + 2 * outputTokens, outputTokens: 0 });
}

function rateOf(text: string, tokens: Pick<Rate, "inputTokens" | "outputTokens">): Rate {
  const { model, settings } = parseModelName(text);
  const price = settings.price ?? priceOf(model, pricesIn(process.env));
  return { ...tokens, usd: price === null ? null : dollarsOf({ ...tokens, usd: 0 }, price) };
}

function times({ least, most }: Span, factor: number): Span {
  return { least: least * factor, most: most * factor };
}

function describe(estimate: Estimate, roles: Record<string, Role>): string {
  const { rollouts, testRollouts, rollout } = estimate;
  const lines = [
    "Estimate (no calls were made and nothing was stored):",
    `  forecast     ${estimate.text}`,
    `  rollouts     ${between(rollouts)}, and ${between(testRollouts)} on test at the end`,
    `  a rollout    ${grouped(rollout.skillTokens)} tokens of skill and ${grouped(rollout.taskTokens)} of task in, at least ${grouped(rollout.outputTokens)} out`,
    ...Object.entries(roles).map(([role, each]) => `  ${role.padEnd(11)}  ${each.name}: ${describeRole(each)}`),
    ...(estimate.warning === null ? [] : [`warning: ${estimate.warning}`]),
  ];
  return `${lines.join("\n")}\nA growing skill and reasoning tokens of models add to this.\n`;
}

function describeRole({ calls, inputTokens, usd }: Role): string {
  if (inputTokens === null) return usd === null ? "cost unknown: custom part" : "free";
  const price = usd === null ? "price unknown" : `$${usd.least.toFixed(2)} to $${usd.most.toFixed(2)}`;
  return `${between(calls)} calls, ${between(inputTokens)} tokens in, ${price}`;
}

function between({ least, most }: Span): string {
  return least === most ? grouped(most) : `${grouped(least)} to ${grouped(most)}`;
}
