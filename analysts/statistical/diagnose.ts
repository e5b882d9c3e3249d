import { mainFile, textOf, type SkillFolder } from "../../skills/folder.ts";
import type { Deficiency, Failure, Severity } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { causeOf } from "../defects.ts";
import type { Dimension } from "../dimensions.ts";
import type { Category } from "./analyze.ts";
import { noisyTasks, redundantRules } from "./audit.ts";
import type { Notebook } from "./notebook.ts";
import { casesOf } from "./window.ts";

interface Reading {
  /** Dimension and issue in the words of SkillForge (arXiv 2604.08618); null for what is no problem of the skill. The mapping is ours [R]. */
  finding: readonly [Dimension, string] | null;
  /** Whether editing what the skill says can help. */
  isCurable: boolean;
  plan(place: string, label: string): string;
}

const readings: Record<Category, Reading> = {
  missing_rule: {
    finding: ["knowledge", "missing"],
    isCurable: true,
    plan: (_, label) => `Add or extend a rule that answers \`${label}\`.`,
  },
  overbroad_rule: {
    finding: ["knowledge", "misapplied"],
    isCurable: true,
    plan: (place) => `Narrow ${place}, give it an exception, or put a more special rule before it.`,
  },
  wrong_order: {
    finding: ["knowledge", "contradictory"],
    isCurable: true,
    plan: (place) => `Move ${place} below the rule that was right.`,
  },
  conflicting_rule: {
    finding: ["knowledge", "contradictory"],
    isCurable: true,
    plan: (place) => `Delete ${place} or narrow it: it is wrong more often than right.`,
  },
  bad_default: {
    finding: ["knowledge", "incorrect"],
    isCurable: true,
    plan: (_, label) => `Let Otherwise answer \`${label}\`.`,
  },
  extraction_error: {
    finding: ["knowledge", "incorrect"],
    isCurable: true,
    plan: (place, label) => `Let ${place} find \`${label}\`, or put a more special rule of Extract before it.`,
  },
  missing_step: {
    finding: ["knowledge", "missing"],
    isCurable: true,
    plan: () => "The Steps come to nothing: add what they lack.",
  },
  wrong_step: {
    finding: ["knowledge", "incorrect"],
    isCurable: true,
    plan: (place) => `Check the Steps up to ${place}.`,
  },
  lexicon_gap: {
    finding: ["knowledge", "misapplied"],
    isCurable: true,
    plan: (place) => `The list before ${place} holds an item too many: say what to leave out.`,
  },
  format_error: {
    finding: ["style", "tone"],
    isCurable: true,
    plan: (_, label) => `Spell the answer exactly \`${label}\`.`,
  },
  execution_lapse: {
    finding: ["knowledge", "not_surfaced"],
    isCurable: false,
    plan: (place) =>
      `The skill is right and ${place} was overlooked: shorten the skill or mark ${place} IMPORTANT; do not change what it says.`,
  },
  redundant_rule: {
    finding: ["knowledge", "outdated"],
    isCurable: false,
    plan: (place) => `Delete ${place}: it changes no answer.`,
  },
  label_noise: { finding: null, isCurable: false, plan: () => "The same message has two labels: leave it." },
  no_label: {
    finding: null,
    isCurable: false,
    plan: () => "The expected answer is no single text: leave it.",
  },
};

const ranks: Severity[] = ["high", "medium", "low"];

/** Whether a deficiency is a fault of what the skill says, so that saying something else can help. */
export function isCurable({ category }: Deficiency): boolean {
  return readings[category as Category]?.isCurable ?? true;
}

/**
 * Groups failures by what is wrong and where, one deficiency for each label that is missed. Severity is the share of all
 * failures: high from a third on, medium from a tenth on; what no edit of the content can cure is low. Worst first, then
 * the rules without effect on the replay. A failure whose message has another label in the replay is label noise.
 */
export function diagnoseFailures(
  failures: readonly Failure[],
  skills: readonly SkillFolder[],
  replay: readonly ScoredRollout[],
  notebook: Notebook,
): Deficiency[] {
  const skillOf = createSkillFinder(skills, notebook);
  const cases = casesOf(replay, notebook.cases);
  const noisy = noisyTasks(cases);
  const groups = new Map<string, Failure[]>();
  for (const found of failures) {
    const failure = noisy.has(found.task) ? { ...found, category: "label_noise" } : found;
    const key = JSON.stringify([failure.category, failure.place, failure.expected]);
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  const traced = [...groups.values()]
    .flatMap((group): Deficiency[] => {
      const skill = skillOf(group[0]?.place ?? null);
      return skill === undefined ? [] : [deficiencyOf(group, skill, failures.length)];
    })
    .toSorted(
      (left, right) =>
        ranks.indexOf(left.severity) - ranks.indexOf(right.severity) || right.tasks.length - left.tasks.length,
    );
  return [...traced, ...redundantRules(cases, skills, notebook)];
}

function deficiencyOf(group: readonly Failure[], skill: SkillFolder, failures: number): Deficiency {
  const { category, place, expected } = group[0] as Failure;
  const reading = readings[category as Category] ?? readings.missing_rule;
  const { finding } = reading;
  return {
    skill: skill.name,
    file: mainFile(skill),
    place,
    defect: (finding === null ? undefined : causeOf(...finding))?.defect ?? "insufficient",
    category,
    severity: reading.isCurable ? severityOf(group.length / failures) : "low",
    tasks: group.map(({ task }) => task),
    plan: reading.plan(place ?? "the skill", expected ?? "?"),
    extra: {
      expected,
      answers: [...new Set(group.map(({ got }) => got))],
      ...(finding === null ? {} : { dimension: finding[0], issue: finding[1] }),
    },
  };
}

function severityOf(share: number): Severity {
  if (share >= 1 / 3) return "high";
  return share >= 0.1 ? "medium" : "low";
}

/** The skill a place is in; the first by name for a place that is in none. */
function createSkillFinder(
  skills: readonly SkillFolder[],
  { compile }: Pick<Notebook, "compile">,
): (place: string | null) => SkillFolder | undefined {
  const readable = skills
    .filter((skill) => textOf(skill) !== undefined)
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const all = Object.values(compile(readable).sections).flat();
  return (place) => {
    const owner = all.find(({ id, skill }) => place === id || place === `${skill}/${id}`)?.skill;
    return readable.find(({ name }) => name === owner) ?? readable[0];
  };
}
