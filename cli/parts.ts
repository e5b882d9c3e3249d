import type { TaskAgent } from "../agents/agent.ts";
import type { Analyst } from "../analysts/analyst.ts";
import type { RunRecord } from "../runs/run-record.ts";
import { SettingsError } from "../state/errors.ts";
import type { Verifier } from "../verifiers/verifier.ts";

/** What can be named on the command line. Each is loaded when it is asked for. */
const agents: Record<string, () => Promise<TaskAgent>> = {
  procedure: async () => (await import("../agents/procedure/procedure-agent.ts")).createProcedureAgent(),
};
const analysts: Record<string, () => Promise<Analyst>> = {
  statistical: async () => (await import("../analysts/statistical/statistical-analyst.ts")).createStatisticalAnalyst(),
  random: async () => (await import("../analysts/random.ts")).createRandomAnalyst(),
};
const verifiers: Record<string, () => Promise<Verifier>> = {
  exact: async () => (await import("../verifiers/exact.ts")).createExact(),
};

export interface PartNames {
  agent: string;
  analyst: string;
  verifier: string;
}

export const agentNamed = (name: string) => named("agent", agents, name);
export const verifierNamed = (name: string) => named("verifier", verifiers, name);

export async function partsNamed({ agent, analyst, verifier }: PartNames) {
  return {
    agent: await agentNamed(agent),
    analyst: await named("analyst", analysts, analyst),
    verifier: await verifierNamed(verifier),
  };
}

/** The parts a run was started with, by the names their fingerprints begin with. */
export function partsOfRun({ fingerprints }: Pick<RunRecord, "fingerprints">) {
  const nameOf = (fingerprint: string) => fingerprint.split("@", 1)[0] ?? fingerprint;
  const { agent, analyst, verifier } = fingerprints;
  return partsNamed({ agent: nameOf(agent), analyst: nameOf(analyst), verifier: nameOf(verifier) });
}

async function named<Part>(kind: string, parts: Record<string, () => Promise<Part>>, name: string): Promise<Part> {
  const load = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (load !== undefined) return load();
  throw new SettingsError(kind, `There is no ${kind} "${name}". Choose one of: ${Object.keys(parts).join(", ")}.`);
}
