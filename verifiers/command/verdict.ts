import { z } from "zod";
import type { ProcessEnd } from "../../processes/run-process.ts";
import { quote } from "../../skills/shorten.ts";
import { CallError, HostError } from "../../state/errors.ts";
import { complaintIn } from "../../state/host-fault.ts";
import { Score } from "../../state/task.ts";
import type { SandboxKind } from "./sandbox.ts";

/** What a command prints: a score, of which feedback and objectives may be left out. */
const Verdict = z.strictObject({
  value: Score.shape.value,
  feedback: Score.shape.feedback.default(""),
  objectives: Score.shape.objectives.default({}),
  detail: Score.shape.detail,
});

const shape = 'one JSON object such as {"value": 0.5, "feedback": "..."}, with a value in 0..1';

/**
 * Throws a HostError where a check failed as the host let it down. In a sandbox only the sandbox itself can meet that: what the
 * check may write to there is its own.
 */
export function refuseHostFault({ code, stdout, stderr }: ProcessEnd, sandbox: SandboxKind): void {
  if (code === 0 || stdout.trim() !== "") return;
  const said = stderr.trim();
  const isFault = sandbox === "bubblewrap" ? /^bwrap: [^\n]*$/.test(said) : complaintIn(said) !== undefined;
  if (!isFault) return;
  throw new HostError(
    `This machine could not run the check of the command verifier: ${quote(said.slice(-200), 200)}. Free the resource it lacks, then resume the run; no result was affected.`,
    { hasBegun: true },
  );
}

/**
 * The score a command gave: the JSON it printed, or, where it printed nothing, 1 for exit code 0 and 0 for exit code 1. All
 * else is a CallError, and so is an exit code of 1 with words on stderr: so ends a script that fell over.
 */
export function scoreOfEnd({ code, killedBy, stdout, stderr }: ProcessEnd): Score {
  const printed = stdout.trim();
  const said = stderr.trim() === "" ? "" : `; stderr ends with ${quote(stderr.trim().slice(-200), 200)}`;
  if (printed === "" && code === 0) return { value: 1, objectives: {}, feedback: "The check passed." };
  if (printed === "" && code === 1 && said === "") return { value: 0, objectives: {}, feedback: "The check failed." };
  if (code !== 0) {
    const how = killedBy === null ? `with exit code ${code}` : `by ${killedBy}`;
    throw new CallError(
      `the check ended ${how}${printed === "" ? "" : " after it had printed"}${said}. Expected ${shape} and exit code 0, or exit code 0 or 1 ` +
        "and an empty stdout (for exit code 1 also an empty stderr)",
    );
  }
  const verdict = Verdict.safeParse(parseJson(printed));
  if (verdict.success) return verdict.data;
  throw new CallError(`the check printed ${quote(printed, 200)}; expected ${shape}, and nothing else on stdout`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
