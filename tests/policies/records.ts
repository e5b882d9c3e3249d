import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { newMember, type OpenMember } from "../../state/archive.ts";
import type { Learned } from "../../policies/policy.ts";
import type { Audit } from "../../state/evidence.ts";
import { sha256, type Hash } from "../../state/json.ts";
import type { Candidate, Finding } from "../../state/program.ts";
import { parseSettings, type Settings, type SettingsInput } from "../../state/settings.ts";

/** Any hash; the same for the same name. */
export const hashOf = (name: string): Hash => sha256(name);

export const settingsOf = (changes: SettingsInput = {}): Settings => parseSettings({ ...changes }, hillClimb);

/** A candidate made from a parent; its program is the hash of its name. */
export function candidateOf(name: string, changes: Partial<Candidate> = {}): Candidate {
  return {
    parents: [hashOf("start")],
    program: hashOf(name),
    edits: hashOf(`${name}-edits`),
    origin: { operator: "add", target: "guide", features: {} },
    extra: {},
    ...changes,
  };
}

/** A finding that keeps a program out. */
export const findingOf = (program: Hash, changes: Partial<Finding> = {}): Finding => ({
  program,
  kind: "specification",
  rule: "name",
  severity: "block",
  message: "",
  place: null,
  ...changes,
});

/** A member of an archive that nothing is known about. */
export const openMemberOf = (program: Hash, changes: Partial<OpenMember> = {}): OpenMember => ({
  ...newMember(program),
  values: {},
  ...changes,
});

/** An audit that a candidate passed. */
export function auditOf(changes: Partial<Audit>): Audit {
  return {
    checked: hashOf("start"),
    program: hashOf("new"),
    evidence: hashOf("evidence"),
    counts: { asked: 10, planned: 10, fixed: 0, broken: 0, missing: 0 },
    means: { checked: 0.5, program: 0.6 },
    verdict: { accepted: true, decided: true, reason: "", delta: 0.1 },
    stands: hashOf("new"),
    added: 10,
    isClear: true,
    back: 0,
    undone: [],
    rolled: hashOf("rolled"),
    ...changes,
  };
}

/** The record of a generation in which nothing special happened. */
export function recordOf(changes: Partial<Learned> = {}): Learned {
  return {
    outcomes: [],
    candidates: [],
    acceptedEdits: 0,
    generation: 1,
    epoch: null,
    episode: null,
    parents: [hashOf("start")],
    parentScore: 0.5,
    parentMissing: 0,
    head: hashOf("start"),
    headScore: 0.5,
    headMissing: 0,
    headTasks: 10,
    headTokens: 20,
    parentMeans: {},
    headMeans: {},
    batch: { tasks: 3, failed: 1, missing: 0, score: 0.5 },
    rollouts: hashOf("rollouts"),
    samples: null,
    deficiencies: [],
    candidate: null,
    findings: [],
    keptOut: [],
    tried: [],
    evidence: null,
    audit: null,
    standing: null,
    ablations: [],
    candidateScore: null,
    verdict: { accepted: false, decided: false, reason: "no candidate", delta: 0 },
    others: [],
    archive: { members: hashOf("members"), size: 1 },
    spent: { rollouts: 3, simulations: 0, tokens: 0 },
    ...changes,
  };
}
