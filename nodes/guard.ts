import { recall } from "../policies/policy.ts";
import type { RejectedEdits } from "../policies/rejected-edits.ts";
import type { Tried } from "../policies/feedback/tried.ts";
import { diffPrograms } from "../skills/diff.ts";
import { similarityOf, textDigest } from "../skills/leakage/similarity.ts";
import { meaningOf } from "../state/approval.ts";
import type { RunState } from "../state/channels.ts";
import type { Hash } from "../state/json.ts";
import { EditList, type Candidate, type Finding } from "../state/program.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { memoriesOf } from "../stores/payload/opened.ts";
import { membersOf } from "../stores/payload/members.ts";
import type { Inspect } from "./guarding/inspect.ts";
import { ask, emit, type RunNode } from "./node.ts";

interface Needs {
  tried: Tried;
  rejected: RejectedEdits;
  inspect: Inspect;
  payload: Payload;
}

/**
 * Looks at candidates before a rollout is paid for. What was tried, breaks the specification, or changes nothing is blocked; what is unsafe, copies
 * tasks or speaks of its grader is held. Under the setting `review` a person decides about what is held.
 */
export function createGuard({ tried, rejected, inspect, payload }: Needs): RunNode {
  return async function guard(state, runtime) {
    const { candidates, parents, generation, epoch, episode } = state;
    const memories = await memoriesOf(state, payload);
    const kept = new Set((await membersOf(state, payload)).map(({ program }) => program));
    const { programs } = tried.decide(recall(tried, memories));
    const lists = rejected.decide(
      { epoch: epoch?.number ?? null, episode: episode?.number ?? null, parent: parents[0] },
      recall(rejected, memories),
    );
    const findings: Finding[] = [];
    for (const candidate of candidates) {
      const known = await knownFinding(candidate, { kept, programs, lists, state, payload });
      const found = known === undefined ? await inspect(candidate, state) : [known];
      findings.push(...(state.settings.review ? await reviewed(found, candidate, { state, payload }) : found));
    }
    for (const { program, rule, message, severity } of findings) {
      if (severity === "block") emit(runtime, { type: "candidate-blocked", generation, program, rule, message });
      if (severity === "hold") emit(runtime, { type: "candidate-held", generation, program, rule, message });
    }
    return { findings };
  };
}

interface Known {
  kept: ReadonlySet<Hash>;
  programs: ReadonlySet<string>;
  /** Rejected edits, as the payload has them. */
  lists: readonly Hash[];
  state: RunState;
  payload: Payload;
}

/** Measured before: nothing can be learned about it. */
async function knownFinding(
  { program, parents, edits }: Candidate,
  { kept, programs, lists, state: { settings, episode }, payload }: Known,
): Promise<Finding | undefined> {
  if (parents.includes(program)) return undefined;
  const finding = (rule: string, message: string): Finding => ({
    program,
    kind: "unchanged",
    rule,
    severity: "block",
    message,
    place: null,
  });
  // In an episode that is tuned to a task, what was tried for another one is new.
  if (episode?.tuned === true) return undefined;
  if (kept.has(program)) return finding("known", "The archive holds this program already.");
  // A published recipe has no memory of programs.
  if (settings.asPublished) return undefined;
  if (programs.has(textDigest(await payload.program(program))))
    return finding("tried", "A program with this text was tried before.");
  if (settings.similarity === 1) return undefined;
  const textOf = async (hash: Hash) =>
    (await payload.json(hash, EditList)).map((edit) => Object.values(edit).join("\n")).join("\n");
  const own = await textOf(edits);
  for (const list of own === "" ? [] : lists) {
    const similarity = similarityOf(own, await textOf(list));
    if (similarity >= settings.similarity)
      return finding(
        "similar",
        `The edits are ${Math.round(similarity * 100)} % like rejected ones; the limit is the setting "similarity".`,
      );
  }
  return undefined;
}

/** The findings once a person has decided about those that hold the candidate. One that is blocked anyway is not asked about. */
async function reviewed(
  findings: readonly Finding[],
  { program, parents, origin }: Candidate,
  { state: { generation }, payload }: { state: RunState; payload: Payload },
): Promise<readonly Finding[]> {
  const held = findings.filter(({ severity }) => severity === "hold");
  if (held.length === 0 || findings.some(({ severity }) => severity === "block")) return findings;
  const [parent] = parents as [Hash];
  const reasons = held.map(({ rule, message }) => `${rule}: ${message}`);
  const answer = ask({
    about: "held",
    question: `Measure the held candidate of generation ${generation}?`,
    generation,
    candidate: { program, parent, operator: origin.operator, target: origin.target },
    evidence: null,
    verdict: { accepted: false, decided: false, reason: "held by the guard", delta: 0 },
    reasons,
    diff: diffPrograms(await payload.program(parent), await payload.program(program)),
  });
  const { accept, why } = meaningOf(answer);
  return findings.map((finding) =>
    finding.severity !== "hold"
      ? finding
      : accept
        ? { ...finding, severity: "warn", message: `${finding.message} Passed by a person${why}.` }
        : { ...finding, message: `${finding.message} Turned down by a person${why}.` },
  );
}
