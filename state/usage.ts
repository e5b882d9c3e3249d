import { z } from "zod";
import { noCost, type Cost } from "./task.ts";

/** Who pays for a call: what answers tasks, what studies failures, what scores answers. */
export const Role = z.enum(["agent", "analyst", "verifier"]);
export type Role = z.infer<typeof Role>;

/** Paid calls that were answered, their tokens and US dollars. */
const Usage = z.strictObject({
  calls: z.int().nonnegative(),
  inputTokens: z.number().nonnegative(),
  outputTokens: z.number().nonnegative(),
  usd: z.number().nonnegative(),
});
type Usage = z.infer<typeof Usage>;

export const RoleUsage = z.strictObject({ agent: Usage, analyst: Usage, verifier: Usage });
export type RoleUsage = z.infer<typeof RoleUsage>;

const nothing: Usage = { calls: 0, ...noCost };

export const noUsage: RoleUsage = { agent: nothing, analyst: nothing, verifier: nothing };

export function sumCosts(one: Cost, other: Cost): Cost {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    usd: one.usd + other.usd,
  };
}

/** In and out together. */
export function tokensIn({ inputTokens, outputTokens }: Cost): number {
  return inputTokens + outputTokens;
}

export function sumUsage(one: RoleUsage, other: RoleUsage): RoleUsage {
  const of = (role: Role) => ({ calls: one[role].calls + other[role].calls, ...sumCosts(one[role], other[role]) });
  return { agent: of("agent"), analyst: of("analyst"), verifier: of("verifier") };
}

/** All of it in US dollars. */
export function usdOf({ agent, analyst, verifier }: RoleUsage): number {
  return agent.usd + analyst.usd + verifier.usd;
}

/** What a run may really spend, over all of its sessions. Null for no limit. It pauses there; nothing else depends on it. */
export const Limits = z.strictObject({
  usd: z.number().positive().nullable().default(null),
  minutes: z.number().positive().nullable().default(null),
});
export type Limits = z.infer<typeof Limits>;

export const noLimits: Limits = { usd: null, minutes: null };
