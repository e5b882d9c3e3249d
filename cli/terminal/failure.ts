import { withoutSecrets } from "../../stores/secrets.ts";
import { SkillgraphError } from "../../state/errors.ts";
import { hostErrorOf } from "../../state/host-fault.ts";
import { stderrColors as pc } from "./colors.ts";
import { tell } from "./door.ts";

export const exitCodes = { finished: 0, failure: 1, usage: 2, paused: 3, short: 4 } as const;

/** Errors a user can fix by asking differently. */
const usageCodes = new Set(["settings", "tasks", "skill"]);

/** Problems of a run that asking differently does not fix. */
const refusals = new Set(["fenced", "owned", "place", "moved"]);

/** System errors that are not a fault of the machine, in words: what happened, and what to do. */
const systemErrors: Readonly<Record<string, string>> = {
  EACCES: "Permission denied. Change the permissions, or choose another path",
  EPERM: "The operation is not permitted. Change the permissions, or choose another path",
  ENOENT: "No such file or folder. Check the path",
  ENOTDIR: "A part of the path is a file, not a folder. Check the path",
  EISDIR: "Expected a file, found a folder. Check the path",
  EEXIST: "The file or folder already exists. Remove it, or choose another path",
  ENAMETOOLONG: "The name is too long for the file system. Choose a shorter one",
  ELOOP: "Too many levels of symbolic links. Check the path",
};

/** One message on stderr: what happened, what was expected, what to do. The stack only where it was asked for. */
export function reportFailure(given: unknown, verbose: boolean): number {
  const error = hostErrorOf(given) ?? given;
  const known = error instanceof SkillgraphError;
  const system = known ? undefined : systemProblem(error);
  const hint = known || verbose || system !== undefined ? "" : unexpected;
  tell(`${pc.red("error")} ${withoutSecrets(system ?? messageOf(error))}${hint}\n`);
  if (verbose && error instanceof Error) tell(withoutSecrets(`${error.stack ?? ""}\n`));
  if (verbose && error instanceof Error && error.cause !== undefined)
    tell(withoutSecrets(`caused by ${messageOf(error.cause)}\n`));
  if (!known) return exitCodes.failure;
  const isUsage =
    usageCodes.has(error.code) || (error.code === "run" && "problem" in error && !refusals.has(String(error.problem)));
  return isUsage ? exitCodes.usage : exitCodes.failure;
}

const unexpected =
  "\nThis is an unexpected error: a bug in skillgraph or in a custom part. Run the command again with --verbose to see the stack trace.";

function systemProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", path, message } = error as NodeJS.ErrnoException;
  const words = systemErrors[code];
  if (words === undefined) return undefined;
  return `${words}${path === undefined || message.includes(path) ? "" : `: ${path}`} (${message.split("\n")[0] ?? code}).`;
}

/** A few lines at most: what comes from elsewhere may be a dump. */
const longest = 2000;

function messageOf(error: unknown): string {
  const issues = issuesOf(error);
  if (issues !== undefined) return `A value has an unexpected format: ${issues}.`;
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}

/** What a schema refused, each with its place; its error prints itself as JSON. */
function issuesOf(error: unknown): string | undefined {
  const { issues } = (typeof error === "object" && error !== null ? error : {}) as { issues?: unknown };
  if (!(error instanceof Error) || !Array.isArray(issues)) return undefined;
  const told = (issues as Array<{ path?: PropertyKey[]; message?: string }>)
    .slice(0, 3)
    .map(({ path = [], message = "" }) => {
      const place = path.map(String).join(".");
      return place === "" ? message : `${place}: ${message}`;
    });
  return `${told.join("; ")}${issues.length > 3 ? `; and ${issues.length - 3} more` : ""}`;
}
