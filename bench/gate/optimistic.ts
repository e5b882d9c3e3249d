import { learnCourse, startOfCourse, type Course, type CourseRecord } from "../../policies/audits/course.ts";
import { strictAcceptance } from "../../policies/acceptance.ts";
import { optimisticTrial } from "../../policies/audits/optimistic-trial.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { againstHead, type Auditing, type Stage } from "../../policies/trial.ts";
import { newMember } from "../../state/archive.ts";
import type { Evidence } from "../../state/evidence.ts";
import { hashJson, type Hash } from "../../state/json.ts";
import type { Candidate } from "../../state/program.ts";
import { parseSettings } from "../../state/settings.ts";
import { evidenceOf } from "../../tests/support/gate/evidence.ts";
import { gates, type Decision, type Gate, type Head } from "./gates.ts";
import { outcome, type Program, type World } from "./world.ts";

const trial = optimisticTrial(againstHead(strictAcceptance));

/** Of audits, which do not stay open here: each candidate is audited before it is taken. */
const none = hashJson(null);

/** Rollouts of a search that its last audit has to find in the budget: 20 pairs. */
export const lastAudit = 40;

/**
 * Optimistic acceptance of candidates without forecasts, with the code of its policies: a gate that remembers the heads since the last check, for one
 * search over so many tasks. Without forecasts it comes to compare as strict does, with a head whose scores are paid for when they are first needed. A generation beside the gate takes `batch` rollouts. Halves of a stretch that failed are not looked at.
 */
export function createOptimisticGate(tasks: number, { batch }: { batch: number }) {
  const settings = parseSettings({ batch: Math.max(1, batch), replay: 1 }, hillClimb);
  const validation = Array.from({ length: tasks }, (_, task) => task);
  let course: Course = startOfCourse;
  let since: Head[] = [];
  let checked: Head | undefined;
  /** Whether the head was run on all tasks, as it is where a candidate is compared with it. */
  let isMeasured = false;
  /** What audits have asked the head of the first tasks. */
  let known: number[] = [];
  const idOf = (place: number) => hashJson(`program ${place}`);

  function stageOf(head: Program, world: World, closes: boolean): Stage | undefined {
    const members = [idOf(0), ...since.map((_, place) => idOf(place + 1))].map((program) => ({
      ...newMember(program),
      values: {},
    }));
    const archive = { members, head: members.at(-1)!.program };
    // Train tasks are others of the same population.
    const batchScores = Array.from({ length: closes ? 0 : batch }, () => (world.random.uniform() < head.rate ? 1 : 0));
    const of = {
      settings,
      generation: 1,
      spent: { rollouts: 0, simulations: 0, tokens: 0 },
      batch: [...batchScores.keys()],
      batchScores,
      costInRollouts: settings.batch,
      later: [],
      validation,
      parents: [archive.head],
      archive,
      closes,
    };
    return trial.stages(of, course, () => 0).at(-1);
  }

  /** The newest program beside the one that was checked last, until a look is enough. */
  function look(stage: Auditing, program: Program, world: World): Evidence {
    const [candidate, other]: [number[], number[]] = [[], []];
    for (let size = stage.first; ; size *= 2) {
      for (const task of stage.tasks.slice(candidate.length, Math.min(size, stage.most))) {
        candidate.push(outcome(program, task, world));
        other.push(outcome(checked!.program, task, world));
      }
      const evidence = evidenceOf(candidate, other);
      if (candidate.length === Math.min(stage.most, stage.tasks.length) || stage.look(evidence) === "enough")
        return evidence;
    }
  }

  function decide(head: Head, candidate: Program | null, world: World, closes = false): Decision {
    checked ??= head;
    const stage = stageOf(head.program, world, closes);
    if (stage?.against === "head")
      return candidate === null ? { accepted: null, rollouts: 0 } : compare(head, candidate, world);
    if (stage?.against !== "checked") throw new Error(`A stage against ${stage?.against} is not simulated.`);
    const program = candidate ?? head.program;
    const { isDue, mustEnd } = stage.terms(candidate === null ? null : unforeseen(idOf(since.length + 1)));
    if (program === checked.program || !isDue) {
      if (candidate === null) return { accepted: null, rollouts: 0 };
      const taken = { program: candidate, scores: head.scores };
      learn({ audit: null, isTaken: true, standing: "provisional" });
      since = [...since, taken];
      return { accepted: taken, rollouts: 0 };
    }
    const evidence = look(stage, program, world);
    const verdict = stage.judge(evidence, { mustEnd, forecast: 0 });
    const { accepted } = verdict;
    const taken = { program, scores: accepted ? (evidence.columns.candidate as number[]) : head.scores };
    const asked = evidence.columns.candidate.length;
    const stands = idOf(accepted ? since.length + 1 : 0);
    const isClear = stage.look(evidence) === "enough";
    const audit = { program: idOf(since.length + 1), evidence: none, verdict, stands, added: asked, isClear };
    learn({ audit, isTaken: candidate !== null && accepted, standing: accepted ? "checked" : "rolled back" });
    isMeasured = false;
    const { candidate: its, other } = evidence.columns;
    known = stage.tasks[0] === 0 ? ((accepted ? its : other) as number[]) : [];
    [since, checked] = [[], accepted ? taken : checked];
    const rollouts = 2 * asked;
    return accepted ? { accepted: taken, rollouts } : { accepted: null, back: checked, rollouts };
  }

  function compare(head: Head, candidate: Program, world: World): Decision {
    const scores = isMeasured
      ? head.scores
      : validation.map((task) => known[task] ?? outcome(head.program, task, world));
    const { accepted, rollouts } = (gates["strict"] as Gate)({ ...head, scores }, candidate, world);
    const paid = rollouts + (isMeasured ? 0 : tasks - known.length);
    isMeasured = true;
    known = [];
    checked = accepted ?? { ...head, scores };
    learn({ audit: null, isTaken: accepted !== null, standing: "checked" });
    return accepted === null ? { accepted, back: checked, rollouts: paid } : { accepted, rollouts: paid };
  }

  function learn({ isTaken, ...found }: Pick<CourseRecord, "audit" | "standing"> & { isTaken: boolean }) {
    const program = idOf(since.length + 1);
    const record: CourseRecord = {
      ...found,
      candidate: unforeseen(program),
      generation: 1,
      head: isTaken ? program : idOf(0),
      verdict: { accepted: isTaken, decided: true, reason: "", delta: 0 },
      evidence: null,
      others: [],
    };
    course = learnCourse(course, record, settings);
  }

  return {
    decide: (head: Head, candidate: Program, world: World) => decide(head, candidate, world),
    /** The last audit: the head that the search ends with. */
    close: (head: Head, world: World) => decide(head, null, world, true),
  };
}

/** A candidate whose proposer says nothing of what it expects. */
function unforeseen(program: Hash): Candidate {
  return { parents: [program], program, edits: program, origin: { operator: "", target: "", features: {} }, extra: {} };
}
