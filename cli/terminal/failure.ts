import { stderrColors as pc } from "./colors.ts";
import { withoutSecrets } from "../../stores/secrets.ts";
import { SkillgraphError } from "../../state/errors.ts";
import { hostErrorOf } from "../../state/host-fault.ts";

export const exitCodes = { finished: 0, failure: 1, usage: 2, paused: 3, short: 4 } as const;

/** Errors a user can mend by asking differently. */
const usageCodes = new Set(["settings", "tasks", "skill"]);

/** Problems of a run that asking differently does not mend. */
const refusals = new Set(["fenced", "owned", "place", "moved"]);

/** One message on stderr: what happened, what was expected, what to do. The stack only where it was asked for. */
export function reportFailure(given: unknown, verbose: boolean): number {
  const error = hostErrorOf(given) ?? given;
  const known = error instanceof SkillgraphError;
  const message = withoutSecrets(error instanceof Error ? error.message : String(error));
  const hint = known || verbose ? "" : "\nThis is a defect in skillgraph or in a part of yours; --verbose shows where.";
  process.stderr.write(`${pc.red("error")} ${message}${hint}\n`);
  if (verbose && error instanceof Error) process.stderr.write(withoutSecrets(`${error.stack ?? ""}\n`));
  if (verbose && error instanceof Error && error.cause !== undefined)
    process.stderr.write(withoutSecrets(`caused by ${String(error.cause)}\n`));
  if (!known) return exitCodes.failure;
  const isUsage =
    usageCodes.has(error.code) || (error.code === "run" && "problem" in error && !refusals.has(String(error.problem)));
  return isUsage ? exitCodes.usage : exitCodes.failure;
}
