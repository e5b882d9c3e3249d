import type { TaskAgent } from "../agents/agent.ts";
import type { Analyst } from "../analysts/analyst.ts";
import type { RunRecord } from "../runs/run-record.ts";
import { RunError, SettingsError } from "../state/errors.ts";
import type { Verifier } from "../verifiers/verifier.ts";

/** Makes a part; `argument` is what follows the colon in its name, such as 0.01 in `numeric:0.01`. */
type Load<Part> = (argument: string | undefined) => Promise<Part>;

/** What can be named on the command line. Each is loaded when it is asked for. */
const agents: Record<string, Load<TaskAgent>> = {
  procedure: async () => (await import("../agents/procedure/procedure-agent.ts")).createProcedureAgent(),
};
const analysts: Record<string, Load<Analyst>> = {
  statistical: async () => (await import("../analysts/statistical/statistical-analyst.ts")).createStatisticalAnalyst(),
  random: async () => (await import("../analysts/random.ts")).createRandomAnalyst(),
};
const verifiers: Record<string, Load<Verifier>> = {
  exact: async () => (await import("../verifiers/exact.ts")).createExact(),
  insensitive: async () => (await import("../verifiers/insensitive.ts")).createInsensitive(),
  numeric: async (tolerance = "0") =>
    (await import("../verifiers/numeric.ts")).createNumeric({ tolerance: Number(tolerance) }),
};

/** Parts whose name takes an argument. */
const withArgument = new Set(["numeric"]);

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

/** The parts a run was started with. */
export function partsOfRun({ name, parts, fingerprints }: RunRecord) {
  if (parts !== null) return partsNamed(parts);
  throw new RunError(
    "changed",
    name,
    `Run "${name}" was started in code, with ${fingerprints.agent}, ${fingerprints.analyst} and ${fingerprints.verifier}. ` +
      "Resume or branch it there, with the same parts.",
  );
}

async function named<Part>(kind: string, parts: Record<string, Load<Part>>, given: string): Promise<Part> {
  const [name = "", argument] = given.split(/:(.*)/s);
  const load = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (load !== undefined && (argument === undefined || withArgument.has(name))) return load(argument);
  throw new SettingsError(kind, `There is no ${kind} "${given}". Choose one of: ${Object.keys(parts).join(", ")}.`);
}
