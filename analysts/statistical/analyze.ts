import { compileSkills, firstMatch, type Instruction, type Procedure } from "../../agents/procedure/interpret.ts";
import { readMessage, type Message } from "../../agents/procedure/message.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Failure } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { labelOf } from "../label.ts";

/** What can be wrong, in the words of the trace. */
export type Category =
  | "missing_rule"
  | "overbroad_rule"
  | "wrong_order"
  | "conflicting_rule"
  | "bad_default"
  | "format_error"
  | "execution_lapse"
  | "label_noise"
  | "no_label";

/** A rollout with what the skill says about it. */
interface Study {
  task: string;
  message: Message;
  expected: string | null;
  got: string;
  /** What the agent says it followed; what it should have followed where it does not say. */
  fired: Instruction | undefined;
  /** What a faithful reading of the skill answers. */
  faithful: Instruction | undefined;
  failed: boolean;
}

/**
 * Names for each failed rollout what the trace shows: which rule fired, and whether another one, the default, the agent
 * or the label itself is at fault. An agent that names no rule is judged by a faithful reading of the skill. Missing
 * rollouts are no failures.
 */
export function analyzeFailures(rollouts: readonly ScoredRollout[], skills: readonly SkillFolder[]): Failure[] {
  const procedure = compileSkills(skills);
  const studies = rollouts.flatMap((scored) => studyOf(scored, procedure));
  const context = { procedure, studies, labels: labelsByLine(studies), placeOf: createPlaces(procedure) };
  return studies
    .filter(({ failed }) => failed)
    .map((study) => {
      const category = categoryOf(study, context);
      const place = study.fired === undefined || category === "missing_rule" ? null : context.placeOf(study.fired);
      const { task, expected, got } = study;
      return { task, category, place, expected, got, evidence: evidenceOf(study) };
    });
}

interface Context {
  procedure: Procedure;
  studies: readonly Study[];
  labels: ReadonlyMap<string, ReadonlySet<string>>;
  placeOf(rule: Instruction): string;
}

function studyOf({ rollout, question, expected, score }: ScoredRollout, procedure: Procedure): Study[] {
  if (score === null || rollout.answer === null) return [];
  const message = readMessage(question.input);
  const faithful = firstMatch(procedure, message);
  const named = rollout.answer.trace.findLast(({ event }) => ["rule", "otherwise", "no-rule"].includes(event));
  const fired = [...procedure.rules, procedure.otherwise].find(
    (rule) => rule !== undefined && rule.id === named?.["rule"] && rule.skill === named["skill"],
  );
  return [
    {
      task: rollout.task,
      message,
      expected: labelOf(expected),
      got: rollout.answer.text,
      fired: named === undefined ? faithful : fired,
      faithful,
      failed: score.value < 1,
    },
  ];
}

function labelsByLine(studies: readonly Study[]): Map<string, Set<string>> {
  const labels = new Map<string, Set<string>>();
  for (const { message, expected } of studies) {
    if (expected === null) continue;
    labels.set(message.line, (labels.get(message.line) ?? new Set()).add(expected));
  }
  return labels;
}

/** A rule's id; with its skill before it where rules of two skills share one. */
function createPlaces({ rules, otherwise }: Procedure): (rule: Instruction) => string {
  const all = otherwise === undefined ? rules : [...rules, otherwise];
  return ({ id, skill }) => (all.some((rule) => rule.id === id && rule.skill !== skill) ? `${skill}/${id}` : id);
}

function categoryOf(study: Study, context: Context): Category {
  const { expected, got, fired, faithful, message } = study;
  if (expected === null) return "no_label";
  if ((context.labels.get(message.line)?.size ?? 0) > 1) return "label_noise";
  if (bare(got) === bare(expected)) return "format_error";
  if (faithful?.answer === expected) return "execution_lapse";
  if (fired === undefined) return "missing_rule";
  if (fired.sentence.kind === "otherwise") return isBadDefault(study, context) ? "bad_default" : "missing_rule";
  return categoryOfRule(study, fired, context);
}

function bare(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Whether the label of this failure would have been the better default for what reached it. */
function isBadDefault({ fired, expected }: Study, { studies }: Context): boolean {
  const reached = studies.filter((study) => study.fired === fired);
  const count = (label: string | undefined | null): number => reached.filter((each) => each.expected === label).length;
  return count(expected) > count(fired?.answer);
}

function categoryOfRule({ message, expected }: Study, fired: Instruction, { procedure, studies }: Context): Category {
  const later = procedure.rules.slice(procedure.rules.indexOf(fired) + 1);
  if (later.some((rule) => rule.answer === expected && rule.holds(message))) return "wrong_order";
  const taken = studies.filter((study) => study.fired === fired);
  const wrong = taken.filter(({ failed }) => failed).length;
  return wrong > 1 && wrong > taken.length - wrong ? "conflicting_rule" : "overbroad_rule";
}

function evidenceOf({ message, expected, got, fired }: Study): string {
  const cause =
    fired === undefined
      ? "no rule held"
      : fired.sentence.kind === "when"
        ? `${fired.id} held`
        : "no rule held but the default";
  const text = message.line.trim();
  const shown = text.length > 160 ? `${text.slice(0, 157)}...` : text;
  return `${cause} and the answer was "${got}", not "${expected ?? "?"}", for: ${shown}`;
}
