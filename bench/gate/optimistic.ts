import { learnCourse, startOfCourse, type Course } from "../../policies/audits/course.ts";
import { optimisticTrial } from "../../policies/audits/optimistic-trial.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import type { Auditing } from "../../policies/trial.ts";
import { newMember } from "../../state/archive.ts";
import type { Audit, Evidence, GenerationRecord } from "../../state/evidence.ts";
import { hashJson } from "../../state/json.ts";
import { parseSettings } from "../../state/settings.ts";
import { evidenceOf } from "../../tests/support/gate/evidence.ts";
import type { Decision, Head } from "./gates.ts";
import { outcome, type Program, type World } from "./world.ts";

/** Rollouts of a search that its last audit has to find in the budget: 20 pairs. */
export const lastAudit = 40;

/**
 * Optimistic acceptance of candidates without forecasts, with the code of its policies: a gate that remembers the heads since the last check, for one
 * search over so many tasks. A generation beside the gate takes `batch` rollouts. Halves of a stretch that failed are not looked at.
 */
export function createOptimisticGate(tasks: number, { batch }: { batch: number }) {
  const settings = parseSettings({ batch: Math.max(1, batch), replay: 1 }, hillClimb);
  const validation = Array.from({ length: tasks }, (_, task) => task);
  let course: Course = startOfCourse;
  let since: Head[] = [];
  let checked: Head | undefined;
  const idOf = (place: number) => hashJson(`program ${place}`);

  function stageOf(closes: boolean): Auditing {
    const members = [idOf(0), ...since.map((_, place) => idOf(place + 1))].map((program) => ({
      ...newMember(program),
      values: {},
    }));
    const archive = { members, head: members.at(-1)!.program };
    const spent = { rollouts: 0, simulations: 0, tokens: 0 };
    const of = { settings, generation: 1, spent, batch: [], validation, parents: [], archive, closes };
    return optimisticTrial.stages(of, course, () => 0).at(-1) as Auditing;
  }

  /** The newest program beside the one that was checked last, until a look is enough. */
  function look(stage: Auditing, program: Program, world: World): Evidence {
    const [candidate, other]: [number[], number[]] = [[], []];
    for (let size = stage.first; ; size *= 2) {
      for (const task of stage.tasks.slice(candidate.length, size)) {
        candidate.push(outcome(program, task, world));
        other.push(outcome(checked!.program, task, world));
      }
      const evidence = evidenceOf(candidate, other);
      if (candidate.length === stage.tasks.length || stage.look(evidence) === "enough") return evidence;
    }
  }

  function decide(head: Head, candidate: Program | null, world: World, closes = false): Decision {
    checked ??= head;
    const stage = stageOf(closes);
    const program = candidate ?? head.program;
    const isDue = program !== checked.program && (candidate === null ? 0 : 1) >= stage.after;
    if (!isDue) {
      if (candidate === null) return { accepted: null, rollouts: 0 };
      const taken = { program: candidate, scores: head.scores };
      learn({ audit: null, isTaken: true, standing: "provisional" });
      since = [...since, taken];
      return { accepted: taken, rollouts: 0 };
    }
    const evidence = look(stage, program, world);
    const verdict = stage.judge(evidence, { mustEnd: stage.mustEnd, forecast: 0 });
    const isOpen = !verdict.accepted && !verdict.decided && !closes;
    const taken = { program, scores: verdict.accepted ? (evidence.columns.candidate as number[]) : head.scores };
    const asked = evidence.columns.candidate.length;
    const stands = verdict.accepted ? idOf(since.length + 1) : isOpen ? null : idOf(0);
    const audit = { counts: { asked }, verdict, stands, isClear: stage.look(evidence) === "enough", program: "" };
    const standing = isOpen ? "provisional" : verdict.accepted ? "checked" : "rolled back";
    learn({ audit: audit as unknown as Audit, isTaken: candidate !== null && (verdict.accepted || isOpen), standing });
    if (isOpen) since = [...since, taken];
    else [since, checked] = [[], verdict.accepted ? taken : checked];
    const rollouts = 2 * asked;
    return verdict.accepted || isOpen ? { accepted: taken, rollouts } : { accepted: null, back: checked, rollouts };
  }

  function learn({ audit, isTaken, standing }: Pick<GenerationRecord, "audit" | "standing"> & { isTaken: boolean }) {
    const program = idOf(since.length + 1);
    const candidate = { program, edits: program, origin: { operator: "", target: "", features: {} } };
    const record = {
      audit,
      candidate,
      standing,
      generation: 1,
      head: isTaken ? program : "",
      verdict: { accepted: isTaken },
    };
    course = learnCourse(course, record as unknown as GenerationRecord, settings);
  }

  return {
    decide: (head: Head, candidate: Program, world: World) => decide(head, candidate, world),
    /** The last audit: the head that the search ends with. */
    close: (head: Head, world: World) => decide(head, null, world, true),
  };
}
