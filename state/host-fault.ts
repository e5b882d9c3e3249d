import { HostError, pausesRun, SkillgraphError } from "./errors.ts";

/** What the system's error codes mean, and the remedy. None of them says anything about a task, a skill or an answer. */
const faults: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ["no space left on the disk", "Free some space there"],
  EDQUOT: ["the disk quota is exceeded", "Free some space there, or raise the quota"],
  EMFILE: ["this process has too many files open", "Raise the limit (ulimit -n) or lower --concurrency"],
  ENFILE: ["this machine has too many files open", "Stop other programs or lower --concurrency"],
  EAGAIN: [
    "the limit of processes or threads is reached",
    "Stop other programs, raise the limit (ulimit -u) or lower --concurrency",
  ],
  ENOMEM: ["out of memory", "Free some memory or lower --concurrency"],
  EROFS: ["the file system is read-only", "Make it writable, or use another path"],
  EIO: ["the disk or device failed (input/output error)", "Check the disk"],
  E2BIG: ["the argument list is too long for this system", "Pass the prompt on stdin: leave out {prompt} and {input}"],
};

/** In a place that is skillgraph's own, such as a temporary folder it has just made, these are no mistake of the user either. */
const ownFaults: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  EACCES: ["permission denied", "Make it writable, or set TMPDIR to another folder"],
  EPERM: ["operation not permitted", "Make it writable, or set TMPDIR to another folder"],
  ENOENT: ["no such file or folder", "Create the folder, or set TMPDIR to another one"],
};

/** What was asked of the host: what it was to do, and where. */
interface Asked {
  /** In the infinitive, such as "write the files of a rollout". */
  doing: string;
  place: string;
  /** Whether the place is skillgraph's own. */
  isOwn?: boolean;
  /** Whether an agent or a check was at work, so that what it cost is not known. */
  hasBegun?: boolean;
}

/** The error as one of the host, which pauses the run; undefined where it is none. Causes count as well. */
export function hostErrorOf(error: unknown, asked?: Asked): HostError | undefined {
  if (error instanceof HostError) return error;
  if (pausesRun(error)) return undefined;
  const known = asked?.isOwn === true ? { ...faults, ...ownFaults } : faults;
  const fault = causesOf(error).find(({ code }) => Object.hasOwn(known, String(code)));
  if (fault === undefined) return undefined;
  const [what, remedy] = known[String(fault.code)] as readonly [string, string];
  const place = asked?.place ?? fault.path;
  const to = asked === undefined ? "continue" : asked.doing;
  const at = place === undefined ? "" : ` in ${place}`;
  const next =
    asked === undefined ? "resume the run or run the command again" : "resume the run; no result was affected";
  return new HostError(`This machine could not ${to}${at}: ${what} (${fault.code}). ${remedy}, then ${next}.`, {
    cause: error,
    place,
    hasBegun: asked?.hasBegun ?? false,
  });
}

/** Does some work of which every error that is the host's is thrown as a HostError. */
export async function askHost<Value>(asked: Asked, work: () => Promise<Value> | Value): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw hostErrorOf(error, asked) ?? error;
  }
}

/** What a program writes to stderr where the host let it down; the last lines count, as those before may be of its work. */
const complaints: ReadonlyArray<readonly [pattern: RegExp, code: string]> = [
  [/\bENOSPC\b|No space left on device/i, "ENOSPC"],
  [/\bEDQUOT\b|Disk quota exceeded/i, "EDQUOT"],
  [/\bENFILE\b|Too many open files in system/i, "ENFILE"],
  [/\bEMFILE\b|Too many open files/i, "EMFILE"],
  [/(?:cannot|can't|could not) fork|fork: (?:retry: )?Resource temporarily|spawn \S+ EAGAIN/i, "EAGAIN"],
];

/** The code of the host's fault that a failed program complained of in its last lines; undefined where it did not. */
export function complaintIn(stderr: string): string | undefined {
  const last = stderr.trim().split("\n").slice(-5).join("\n");
  return complaints.find(([pattern]) => pattern.test(last))?.[1];
}

interface SystemError {
  code?: unknown;
  path?: string;
}

/** The error, its cause, and so on; errors of ours that are no more than a wrapper count by their causes. */
function causesOf(error: unknown, depth = 6): SystemError[] {
  if (depth === 0 || typeof error !== "object" || error === null) return [];
  const rest = causesOf((error as { cause?: unknown }).cause, depth - 1);
  return error instanceof SkillgraphError ? rest : [error, ...rest];
}
