import { z } from "zod";
import type { SkillFolder } from "../../skills/folder.ts";
import type { RunState } from "../../state/channels.ts";
import type { Hash, Json } from "../../state/json.ts";
import { Column, type MeasuredColumn, type Member, type OpenMember } from "../../state/archive.ts";
import {
  AuditedProgram,
  Evidence,
  type Ablation,
  type GenerationRecord,
  type Measured,
  type StageResult,
} from "../../state/evidence.ts";
import { Edit, type Candidate } from "../../state/program.ts";
import { Failure, type Deficiency } from "../../state/study.ts";
import { TaskList, type ScoredRollout, type SuiteName, type Task } from "../../state/task.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { membersOf, openColumn } from "./members.ts";
import { ablationsOf, auditOf, columnsOf, deficienciesOf, measuredOf, memoriesOf, recordOf } from "./opened.ts";
import type { Payload } from "./payload.ts";
import { readScoredRollouts } from "./scored-rollouts.ts";

/**
 * A task the candidate was to be measured on. `candidate` and `other` are scores in 0..1, null where the rollout is missing;
 * `candidate` is "not evaluated" where the race ended before this task. Rows that do not vote lack a result, or were rolled
 * out to complete the split once the decision was made.
 */
export interface EvidenceRow {
  task: Task;
  candidate: number | null | "not evaluated";
  other: number | null;
  votes: boolean;
}

/**
 * What the hashes in a run's state stand for. Each takes the state as LangGraph's `getState` and `getStateHistory` give it in
 * `values`, or as much of it as it needs. Throws a DamageError for what the store does not hold.
 */
export interface StateReader {
  /** The skills of a program: `state.head`, `state.candidate.program`. */
  program(hash: Hash): Promise<SkillFolder[]>;
  /** The programs the run keeps, with their columns opened. */
  archive(state: Pick<RunState, "archive" | "start">): Promise<OpenMember[]>;
  /** The columns of members that the generation uses, measured in it or known before. */
  columns(state: Pick<RunState, "columns">): Promise<MeasuredColumn[]>;
  /** What the trial found of the candidates of the generation, in the order of `verdicts`. */
  measured(state: Pick<RunState, "measured">): Promise<Measured[]>;
  /** What the audit of the generation has run beside a candidate; nothing without one. */
  audited(state: Pick<RunState, "audit">): Promise<AuditedProgram[]>;
  /** What the head of the generation does without some of its skills. */
  ablations(state: Pick<RunState, "ablations">): Promise<Ablation[]>;
  tasks(state: Pick<RunState, "suites">, suite: SuiteName): Promise<Task[]>;
  /** The rollouts of this generation's batch, with questions, answers and scores; none before it was rolled out. */
  rollouts(state: Pick<RunState, "rollouts" | "suites">): Promise<ScoredRollout[]>;
  failures(state: Pick<RunState, "failures">): Promise<Failure[]>;
  /** What the failures were traced to, worst first. */
  deficiencies(state: Pick<RunState, "deficiencies">): Promise<Deficiency[]>;
  /** What policies remember, by policy name. */
  memories(state: Pick<RunState, "memories">): Promise<Record<string, Json>>;
  /** The entry of the last finished generation in the timeline; null before the first one. */
  record(state: Pick<RunState, "record">): Promise<GenerationRecord | null>;
  /** A member's scores on the validation tasks in use. */
  column(hash: Hash): Promise<Column>;
  /** What a stage of a trial found. */
  stage(result: Pick<StageResult, "evidence">): Promise<Evidence>;
  /** What the candidate changed in its parent. */
  edits(candidate: Pick<Candidate, "edits">): Promise<Edit[]>;
  /**
   * What the verdict of this generation rests on, in the order it was gathered: the last stage that the candidate it is about
   * went through; none without one.
   */
  evidence(state: Pick<RunState, "measured" | "candidate" | "suites">): Promise<EvidenceRow[]>;
}

/** Opens states of the family that payload and ledger are made for; writes nothing and pays for nothing. */
export function createStateReader({ payload, ledger }: { payload: Payload; ledger: Ledger }): StateReader {
  const tasksOf: StateReader["tasks"] = ({ suites }, suite) => payload.json(suites[suite].hash, TaskList);
  return {
    program: (hash) => payload.program(hash),
    tasks: tasksOf,
    async rollouts(state) {
      if (state.rollouts === null) return [];
      const tasks = new Map((await tasksOf(state, "train")).map((task) => [task.id, task]));
      return readScoredRollouts({ payload, ledger }, state.rollouts, tasks);
    },
    async audited(state) {
      const audit = await auditOf(state, payload);
      return audit === null ? [] : payload.json(audit.rolled, AuditedPrograms);
    },
    ablations: (state) => ablationsOf(state, payload),
    column: (hash) => payload.json(hash, Column),
    stage: ({ evidence }) => payload.json(evidence, Evidence),
    failures: async ({ failures }) => (failures === null ? [] : payload.json(failures, Failures)),
    edits: ({ edits }) => payload.json(edits, Edits),
    async archive({ archive, start }) {
      const members = await membersOf({ archive, start }, payload);
      const open = async (member: Member) => ({
        ...member,
        values: await openColumn(member.column, payload),
      });
      return Promise.all(members.map(open));
    },
    deficiencies: (state) => deficienciesOf(state, payload),
    memories: (state) => memoriesOf(state, payload),
    record: (state) => recordOf(state, payload),
    columns: (state) => columnsOf(state, payload),
    measured: (state) => measuredOf(state, payload),
    async evidence({ measured, candidate: about, suites }) {
      const chosen = (await measuredOf({ measured }, payload)).find((one) => one.candidate.program === about?.program);
      const hash = chosen?.stages.at(-1)?.evidence;
      if (hash === undefined) return [];
      const evidence = await payload.json(hash, Evidence);
      const tasks = await tasksOf({ suites }, evidence.suite);
      const { task: planned, candidate, other } = evidence.columns;
      return planned.map((index, row) => ({
        task: tasks[index] as Task,
        candidate: row < candidate.length ? (candidate[row] ?? null) : "not evaluated",
        other: other[row] ?? null,
        votes: row < evidence.decidedAt && candidate[row] !== null && other[row] !== null,
      }));
    },
  };
}

const AuditedPrograms = z.array(AuditedProgram);
const Failures = z.array(Failure);
const Edits = z.array(Edit);
