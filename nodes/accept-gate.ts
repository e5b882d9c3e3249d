import { mostMembers, type Archive, type ArchiveDecision, type OpenMeasured } from "../policies/archive.ts";
import type { Doubt } from "../policies/doubt.ts";
import { recall } from "../policies/policy.ts";
import { differencesIn } from "../policies/acceptances/votes.ts";
import { lacksResults } from "../policies/scores.ts";
import { diffPrograms } from "../skills/diff.ts";
import { meaningOf, type Approval, type ApprovalRequest } from "../state/approval.ts";
import { memberOf, type ArchiveView, type Member } from "../state/archive.ts";
import type { RunState } from "../state/channels.ts";
import { createDraw } from "../state/draw.ts";
import { StateError } from "../state/errors.ts";
import { Evidence, type Audit, type Measured, type Verdict } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import type { Ledger } from "../stores/ledger/ledger.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { keptOut } from "../state/program.ts";
import { ask, emit, type RunNode } from "./node.ts";
import { openColumn } from "../stores/payload/members.ts";
import { auditOf, columnsOf, measuredOf, memoriesOf } from "../stores/payload/opened.ts";
import { openArchive } from "./trial/columns.ts";

interface Needs {
  archive: Archive;
  /** Why a person should see a candidate. */
  doubt: Doubt;
  payload: Pick<Payload, "program" | "json" | "putJson">;
  ledger: Pick<Ledger, "forget">;
}

/**
 * Keeps candidates or drops them. The only node that writes the archive and the head, so every change of them has exactly one
 * verdict. As the setting `approve` says, it interrupts the graph before it accepts, and a person decides. A
 * candidate that too many missing results leave undecided is dropped; as nothing was decided on what failed, the ledger
 * forgets that it did.
 */
export function createAcceptGate({ archive: policy, doubt, payload, ledger }: Needs): RunNode {
  return async function acceptGate(state, runtime) {
    const { generation, settings, parents, episode } = state;
    const measured = await measuredOf(state, payload);
    const archive = await openArchive(state, payload, await columnsOf(state, payload));
    const open = await Promise.all(
      measured.map(async (one) => ({ ...one, values: await openColumn(one.column, payload) })),
    );
    const memories = await memoriesOf(state, payload);
    const draw = createDraw(settings.seed, generation, "archive");
    const audit = await auditOf(state, payload);
    const decide = (among: readonly OpenMeasured[]) =>
      policy.update(
        { archive, measured: among, parents, generation, settings, episode, audit },
        recall(policy, memories),
        draw,
      );
    const { decision, verdicts } = await decideAsking(open, decide, { state, doubt, payload });

    const lacks = measured.some((one, index) => lacksResults(verdicts[index] ?? one.verdict, countsOf(one)));
    if (lacks || (audit !== null && lacksResults(audit.verdict, audit.counts))) await ledger.forget();
    if (audit !== null) {
      const { program, verdict: found, counts, stands } = audit;
      emit(runtime, { type: "head-audited", generation, program, verdict: found, asked: counts.asked, stands });
    }
    const chosen = chosenOf(verdicts, { measured, head: decision.head });
    for (const [index, { candidate }] of measured.entries()) {
      const verdict = verdicts[index] as Verdict;
      if (index !== chosen)
        emit(runtime, { type: "candidate-decided", generation, program: candidate.program, verdict });
    }
    const verdict = verdicts[chosen] ?? undecided(state, audit);
    const about = measured[chosen];
    const { asked, planned, missing } = (about && countsOf(about)) ?? { asked: 0, planned: 0, missing: 0 };
    emit(runtime, { type: "verdict", generation, verdict, asked, planned, missing });
    return {
      archive: await payload.putJson(membersOf(decision, { archive, measured, verdicts, generation })),
      head: decision.head,
      candidate: about?.candidate ?? null,
      verdict,
      verdicts,
    };
  };
}

/** Counts of the last stage that a candidate went through. */
function countsOf({ stages }: Measured) {
  return stages.at(-1)?.counts ?? null;
}

interface Question {
  payload: Needs["payload"];
  doubt: Doubt;
  state: RunState;
}

/**
 * The decision of the policy, once a person has approved each candidate that a test left open for them and, of those that the policy accepts, each that the setting
 * `approve` says. A candidate that the person rejects is removed, and the policy decides again on the others.
 */
async function decideAsking(
  open: readonly OpenMeasured[],
  decide: (among: readonly OpenMeasured[]) => ArchiveDecision,
  question: Question,
): Promise<{ decision: ArchiveDecision; verdicts: Verdict[] }> {
  const { approve } = question.state.settings;
  const reasons = new Map<OpenMeasured, string[]>();
  for (const one of open)
    if (approve !== "never" || isForPerson(one.verdict)) reasons.set(one, await reasonsFor(one, question));
  const reasonsOf = (one: OpenMeasured) => reasons.get(one) ?? [];
  const isAsked = (one: OpenMeasured) => approve === "always" || (approve === "in-doubt" && reasonsOf(one).length > 0);
  const refused = new Map<OpenMeasured, Verdict>();
  const approved = new Map<OpenMeasured, Verdict>();
  const asking = async (one: OpenMeasured, verdict: Verdict) => {
    const request = await requestFor(one, { ...question, verdict, reasons: reasonsOf(one) });
    const answer = answered(verdict, ask(request));
    (answer.accepted ? approved : refused).set(one, answer);
  };
  for (const one of open) if (isForPerson(one.verdict)) await asking(one, one.verdict);
  const shown = new Map(
    open.map((one) => [one, isForPerson(one.verdict) ? { ...one, verdict: approved.get(one) ?? one.verdict } : one]),
  );
  for (;;) {
    const among = open.filter((one) => !refused.has(one));
    const decision = decide(among.map((one) => shown.get(one) ?? one));
    const { length } = decision.verdicts;
    if (length !== among.length)
      throw new StateError(
        `The archive policy returned ${length} of ${among.length} verdicts; each candidate needs one.`,
      );
    const verdictOf = (one: OpenMeasured) => decision.verdicts[among.indexOf(one)] as Verdict;
    const next = among.find((one) => verdictOf(one).accepted && !approved.has(one) && isAsked(one));
    if (next === undefined) {
      const verdicts = open.map((one) => refused.get(one) ?? approvedOf(verdictOf(one), approved.get(one)));
      return { decision, verdicts };
    }
    await asking(next, verdictOf(next));
  }
}

/** A test showed neither that it is better nor that it is not, and its acceptance asks a person then. */
function isForPerson({ accepted, inconclusive }: Verdict): boolean {
  return !accepted && inconclusive === "ask";
}

/** A candidate that a person approved may have been passed over since in favor of another. */
function approvedOf(verdict: Verdict, approved: Verdict | undefined): Verdict {
  return approved !== undefined && verdict.accepted ? approved : verdict;
}

async function requestFor(
  { candidate, ...measured }: OpenMeasured,
  { state: { generation }, verdict, reasons, payload }: Question & { verdict: Verdict; reasons: string[] },
): Promise<ApprovalRequest> {
  const { program, origin } = candidate;
  const [parent] = candidate.parents as [Hash];
  return {
    about: "accept",
    question: `Accept the candidate of generation ${generation}?`,
    generation,
    candidate: { program, parent, operator: origin.operator, target: origin.target },
    evidence: countsOf({ candidate, ...measured }),
    verdict,
    reasons,
    diff: diffPrograms(await payload.program(parent), await payload.program(program)),
  };
}

/** Why a person should see the candidate. */
async function reasonsFor(
  { candidate: { program, parents }, stages }: OpenMeasured,
  { state: { findings, spent, settings }, doubt, payload }: Question,
): Promise<string[]> {
  const stage = stages.findLast(({ counts }) => counts.asked > 0 && counts.fixed !== null);
  const evidence = stage === undefined ? null : await payload.json(stage.evidence, Evidence);
  return doubt.decide({
    findings: findings.filter((finding) => finding.program === program),
    before: await payload.program(parents[0] as Hash),
    after: await payload.program(program),
    differences: evidence === null ? [] : differencesIn(evidence),
    spent,
    settings,
  });
}

function answered(verdict: Verdict, answer: Approval): Verdict {
  const { accept, why } = meaningOf(answer);
  if (accept) return { ...verdict, accepted: true, decided: true, reason: `${verdict.reason}, approved${why}` };
  return { ...verdict, accepted: false, decided: true, reason: `turned down by a person${why}` };
}

/** The main candidate of the generation: the new head, else the first that was accepted, else the first. */
function chosenOf(
  verdicts: readonly Verdict[],
  { measured, head }: { measured: readonly Measured[]; head: Hash },
): number {
  const isAccepted = (index: number) => verdicts[index]?.accepted === true;
  const headAt = measured.findIndex(({ candidate }, index) => candidate.program === head && isAccepted(index));
  const acceptedAt = headAt === -1 ? verdicts.findIndex(({ accepted }) => accepted) : headAt;
  return acceptedAt === -1 && measured.length > 0 ? 0 : acceptedAt;
}

/** Why there is nothing to decide about. */
function undecided({ candidates, findings }: RunState, audit: Audit | null): Verdict {
  const out = keptOut(findings);
  const isBlocked = candidates.length > 0 && candidates.every(({ program }) => out.has(program));
  const isHeld = findings.some(({ severity }) => severity === "hold");
  const blocked = isHeld ? "held by the guard" : "blocked by the guard";
  const nothing = audit === null ? "no candidate" : `no candidate; audit: ${audit.verdict.reason}`;
  const reason = candidates.length === 0 ? nothing : isBlocked ? blocked : "budget spent";
  return { accepted: false, decided: isBlocked, reason, delta: 0 };
}

interface Known {
  archive: ArchiveView;
  measured: readonly Measured[];
  verdicts: readonly Verdict[];
  generation: number;
}

/**
 * The members that the policy keeps. Refuses an unknown one, a candidate that its verdict rejects, because nobody would
 * have been asked to approve it, too many, and a head that is not kept.
 */
function membersOf({ keep, head }: ArchiveDecision, { archive, measured, verdicts, generation }: Known): Member[] {
  const programs = [...new Set(keep)];
  if (programs.length > mostMembers)
    throw new StateError(
      `The archive policy keeps ${programs.length} programs; an archive holds at most ${mostMembers}.`,
    );
  if (!keep.includes(head))
    throw new StateError(`The archive policy moves the head to ${head}, which it does not keep.`);
  return programs.map((program) => {
    const known = memberOf(archive.members, program);
    const at = measured.findIndex(({ candidate }) => candidate.program === program);
    const made = measured[at];
    if (known !== undefined) {
      const { values: _, ...member } = known;
      return member;
    }
    if (made === undefined)
      throw new StateError(`The archive policy keeps ${program}, which is not a member or a candidate.`);
    if (verdicts[at]?.accepted !== true)
      throw new StateError(`The archive policy keeps ${program}, but its verdict does not accept it.`);
    const { candidate, means, column } = made;
    return { program, parents: candidate.parents, generation, means, column, extra: candidate.extra };
  });
}
