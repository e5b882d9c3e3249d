import type { Instruction, Procedure } from "../../agents/procedure/interpret.ts";
import type { Message } from "../../agents/procedure/message.ts";
import type { Statement } from "../../agents/procedure/grammar/sentence.ts";
import { worstOfTasks } from "../../policies/samples.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Failure } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { labelOf } from "../label.ts";
import { listingOf, type Step } from "./listing.ts";
import type { Notebook } from "./notebook.ts";
import { procedureSeenIn } from "./seen.ts";
import { isLexiconGap } from "./procedure/lexicon.ts";
import { casesOf, type Case } from "./window.ts";

/** What can be wrong, in the words of the trace. */
export type Category =
  | "missing_rule"
  | "overbroad_rule"
  | "wrong_order"
  | "conflicting_rule"
  | "bad_default"
  | "extraction_error"
  | "missing_step"
  | "wrong_step"
  | "lexicon_gap"
  | "format_error"
  | "execution_lapse"
  | "redundant_rule"
  | "label_noise"
  | "no_label";

type Line = Instruction<Statement>;

/** A rollout with what the skill says about it. */
interface Study {
  task: string;
  message: Message;
  expected: string | null;
  got: string;
  /** What the skill says is to be followed. */
  fired: Line | undefined;
  /** What a faithful reading of the skill answers. */
  faithful: string;
  failed: boolean;
}

/**
 * Names for each failed rollout what a faithful reading of the skill shows: which rule held, and whether that one, another,
 * the default, the agent or the label itself is at fault. What the agent overlooked is its own lapse, whatever it followed
 * instead. Missing rollouts are no failures.
 */
export function analyzeFailures(
  rollouts: readonly ScoredRollout[],
  skills: readonly SkillFolder[],
  { compile, execute, read, cases }: Pick<Notebook, "compile" | "execute" | "read" | "cases">,
): Failure[] {
  const procedure = compile(skills);
  const seenIn = procedureSeenIn(skills, { compile });
  const studies = worstOfTasks(rollouts).flatMap((scored) =>
    studyOf(scored, { procedure: seenIn(scored.rollout), execute, read }),
  );
  const context = {
    procedure,
    studies,
    steps: listingOf(procedure).entries.find(({ steps }) => steps !== undefined)?.steps ?? [],
    cases: new Map(casesOf(rollouts, cases).map((each) => [each.task, each])),
    labels: labelsByLine(studies),
    placeOf: createPlaces(procedure),
  };
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
  steps: readonly Step[];
  cases: ReadonlyMap<string, Case>;
  labels: ReadonlyMap<string, ReadonlySet<string>>;
  placeOf(rule: Line): string;
}

/** What a trace says of the line that gave the answer. */
export const answering = ["rule", "extract", "otherwise", "no-rule", "step"];

function studyOf(
  { rollout, question, expected, score }: ScoredRollout,
  { procedure, execute, read }: { procedure: Procedure } & Pick<Notebook, "execute" | "read">,
): Study[] {
  if (score === null || rollout.answer === null) return [];
  const message = read(question.input);
  const faithful = execute(procedure, question.input);
  const named = faithful.trace.findLast(({ event }) => answering.includes(event));
  const fired = Object.values(procedure.sections)
    .flat()
    .find((rule) => rule.id === named?.["rule"] && rule.skill === named["skill"]);
  return [
    {
      task: rollout.task,
      message,
      expected: labelOf(expected),
      got: rollout.answer.text,
      fired,
      faithful: faithful.text,
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
function createPlaces({ sections }: Procedure): (rule: Line) => string {
  const all = Object.values(sections).flat();
  return ({ id, skill }) => (all.some((rule) => rule.id === id && rule.skill !== skill) ? `${skill}/${id}` : id);
}

function categoryOf(study: Study, context: Context): Category {
  const { expected, got, fired, faithful, message } = study;
  if (expected === null) return "no_label";
  if ((context.labels.get(message.line)?.size ?? 0) > 1) return "label_noise";
  if (bare(got) === bare(expected)) return "format_error";
  if (faithful === expected) return "execution_lapse";
  if (fired === undefined) return "missing_rule";
  if (fired.sentence.kind === "otherwise") return isBadDefault(study, context) ? "bad_default" : "missing_rule";
  if (fired.bullet.section === "Steps") return categoryOfSteps(study, context);
  return fired.bullet.section === "Extract" ? "extraction_error" : categoryOfRule(study, fired, context);
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

/** Steps came to a wrong end: an item too many in a list, no answer at all, or another one. */
function categoryOfSteps({ task, got }: Study, { cases, steps }: Context): Category {
  const given = cases.get(task);
  if (given !== undefined && isLexiconGap(given, steps)) return "lexicon_gap";
  return got === "" ? "missing_step" : "wrong_step";
}

function categoryOfRule({ message, expected }: Study, fired: Line, { procedure, studies }: Context): Category {
  const later = procedure.rules.slice(
    procedure.rules.findIndex(({ id, skill }) => id === fired.id && skill === fired.skill) + 1,
  );
  if (later.some((rule) => rule.answer === expected && rule.holds(message))) return "wrong_order";
  const taken = studies.filter((study) => study.fired === fired);
  const wrong = taken.filter((study) => study.faithful !== study.expected).length;
  return wrong > 1 && wrong > taken.length - wrong ? "conflicting_rule" : "overbroad_rule";
}

function evidenceOf({ message, expected, got, fired, faithful }: Study): string {
  const cause =
    fired === undefined
      ? "no rule held"
      : faithful === expected
        ? `${fired.id} was not followed`
        : fired.sentence.kind === "otherwise"
          ? "no rule held but the default"
          : `${fired.id} ${fired.bullet.section === "Rules" ? "held" : "was followed"}`;
  const text = message.line.trim();
  const shown = text.length > 160 ? `${text.slice(0, 157)}...` : text;
  return `${cause} and the answer was "${got}", not "${expected ?? "?"}", for: ${shown}`;
}
