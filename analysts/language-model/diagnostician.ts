import { z } from "zod";
import { mainFile, textOf, type SkillFolder } from "../../skills/folder.ts";
import { sectionsOf } from "../../skills/sections.ts";
import { shorten } from "../../skills/shorten.ts";
import { SettingsError } from "../../state/errors.ts";
import { Deficiency, Severity, type Failure } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { tell } from "../../models/calls.ts";
import type { Diagnostician } from "../analyst.ts";
import { createAsker, type ModelNeeds } from "./ask.ts";
import { analysisOf, summarize } from "./batch.ts";
import { caseText, sizeOfCase, skillsText, type Reach } from "./case-text.ts";
import { causeOf } from "../defects.ts";
import { Dimension } from "../dimensions.ts";
import { clip, within } from "./ladder.ts";
import { worstFirst } from "./severity.ts";
import { createSilence } from "./silence.ts";

export interface DiagnosticianOptions extends ModelNeeds {
  /** Most deficiencies that are reported: they are kept in the run's state. Default 8. */
  deficiencies?: number | undefined;
}

const Group = z.strictObject({
  skill: z.string(),
  file: z.string(),
  place: z.string().nullable(),
  defect: Deficiency.shape.defect,
  dimension: Dimension,
  cases: z.array(z.int()),
  evidence: z.string(),
  plan: z.string(),
  needsExamples: z.boolean(),
  needsKnowledge: z.boolean(),
  impact: Severity,
  risk: Severity,
});
type Group = z.infer<typeof Group>;

const planCharacters = 400;
const evidenceCharacters = 300;
const placeCharacters = 2_000;

/** A failure with its rollout; its number in prompts is its place in the list, from 1. */
interface Numbered {
  number: number;
  failure: Failure;
  rollout: ScoredRollout | undefined;
}

/**
 * Asks a model once which places in the skill the failures of a batch are due to. How bad each is follows from the
 * findings. What names no failure or no file of the skill is dropped, and told; a place that is not there becomes null. Throws
 * a PartError where a second diagnosis in a row is missing.
 */
export function createModelDiagnostician(
  options: DiagnosticianOptions,
): Diagnostician & { readonly fingerprint: string } {
  const { deficiencies: limit = 8 } = options;
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw new SettingsError("deficiencies", `deficiencies is ${limit}; it must be a whole number from 1.`);
  }
  const asker = createAsker(options);
  const refuseSilence = createSilence("diagnostician", options.model.fingerprint);
  return {
    fingerprint: `${asker.fingerprint}/${limit}`,
    async diagnose(failures, skills, replay) {
      if (failures.length === 0) return [];
      const rollouts = new Map(replay.map((each) => [each.rollout.task, each]));
      const cases = failures.map((failure, index) => {
        return { number: index + 1, failure, rollout: rollouts.get(failure.task) };
      });
      const reply = await asker.ask({
        prompt: "diagnose",
        name: "deficiencies",
        schema: z.strictObject({ deficiencies: z.array(Group) }),
        fill: (limits, quote) => ({
          skills: skillsText(skills, { limits, quote }),
          summary: quote("summary", clip(summaryText(failures), limits)),
          cases: casesText(cases, { limits, quote }),
          limit: String(limit),
        }),
      });
      refuseSilence([reply]);
      if ("missing" in reply) {
        tell(`the diagnosis of ${failures.length} failures is missing: ${reply.missing}`);
        return [];
      }
      return deficienciesOf(reply.value.deficiencies, { failures, skills }).slice(0, limit);
    },
  };
}

function summaryText(failures: readonly Failure[]): string {
  const summaries = summarize(failures);
  if (summaries.length === 0) return failures.map(({ category }) => category).join(", ");
  return summaries
    .map(({ dimension, severities, issues, cases, hints }) => {
      const counts = `${severities.high} high, ${severities.medium} medium, ${severities.low} low`;
      const kinds = issues.map(({ issue, count }) => issueText(dimension, issue, count)).join(", ");
      const numbers = cases.map((index) => index + 1).join(", ");
      const found = hints.map((hint) => `  - ${hint}`).join("\n");
      return `${dimension}: ${counts}; ${kinds}; see cases ${numbers}\n${found}`;
    })
    .join("\n");
}

/** `verbose 3 (usually missing: no rule asks for brevity)` */
function issueText(dimension: Dimension, issue: string, count: number): string {
  const cause = causeOf(dimension, issue);
  return cause === undefined ? `${issue} ${count}` : `${issue} ${count} (usually ${cause.defect}: ${cause.means})`;
}

/** The cases that fit, the worst ones first where not all do. */
function casesText(cases: readonly Numbered[], { limits, quote }: Reach): string {
  const order = cases.toSorted((a, b) => worstFirst(analysisOf(a.failure).severity, analysisOf(b.failure).severity));
  const size = ({ rollout, failure }: Numbered) =>
    rollout === undefined ? failure.evidence.length : sizeOfCase(rollout);
  return within(order, limits.cases, size)
    .toSorted((a, b) => a.number - b.number)
    .map(({ number, failure, rollout }) => {
      const told = quote(`case ${number}, findings`, clip(failure.evidence, limits));
      return rollout === undefined ? told : `${caseText(`case ${number}`, rollout, { limits, quote })}\n${told}`;
    })
    .join("\n\n");
}

function deficienciesOf(
  groups: readonly Group[],
  { failures, skills }: { failures: readonly Failure[]; skills: readonly SkillFolder[] },
): Deficiency[] {
  const found = groups.map((group) => deficiencyOf(group, { failures, skills }));
  const useless = found.filter((each) => each === null).length;
  if (useless > 0)
    tell(`${useless} of ${groups.length} deficiencies name no failure, or no file of the skill; dropped`);
  return found.filter((each) => each !== null).toSorted(byPriority);
}

/** The worst first; of equal ones what promises more, then what more failures ask for, then what risks less. */
function byPriority(one: Deficiency, other: Deficiency): number {
  const of = (deficiency: Deficiency, key: "impact" | "risk") => Severity.parse(deficiency.extra[key]);
  return (
    worstFirst(one.severity, other.severity) ||
    worstFirst(of(one, "impact"), of(other, "impact")) ||
    other.tasks.length - one.tasks.length ||
    worstFirst(of(other, "risk"), of(one, "risk"))
  );
}

/** What was found on a dimension, each issue once, most frequent first. */
function issuesOf(failures: readonly Failure[], dimension: Dimension): string[] {
  return summarize(failures)
    .filter((each) => each.dimension === dimension)
    .flatMap(({ issues }) => issues.map(({ issue }) => issue));
}

function deficiencyOf(
  { skill: name, file, place, defect, dimension, cases, evidence, plan, ...needs }: Group,
  { failures, skills }: { failures: readonly Failure[]; skills: readonly SkillFolder[] },
): Deficiency | null {
  const own = [...new Set(cases)].map((number) => failures[number - 1]).filter((each) => each !== undefined);
  const skill = skills.find((each) => each.name === name);
  const text = skill === undefined ? undefined : textOf(skill, file === "" ? mainFile(skill) : file);
  if (own.length === 0 || skill === undefined || text === undefined) return null;
  return {
    skill: name,
    file: file === "" ? mainFile(skill) : file,
    place: place !== null && standsIn(text, place) ? place : null,
    defect,
    category: dimension,
    severity: severityOf(own, dimension),
    tasks: own.map(({ task }) => task),
    plan: shorten(plan, planCharacters),
    extra: { evidence: shorten(evidence, evidenceCharacters), dimension, issues: issuesOf(own, dimension), ...needs },
  };
}

/** A heading, with or without its marks, or a line of the text. */
function standsIn(text: string, place: string): boolean {
  const wanted = place.trim();
  if (wanted === "" || wanted.length > placeCharacters) return false;
  return (
    sectionsOf(text).some(({ title }) => title === wanted) || text.split(/\r?\n/).some((line) => line.trim() === wanted)
  );
}

/** The worst that was found on this dimension; where nothing was, of all that was found. */
function severityOf(failures: readonly Failure[], dimension: Dimension): Severity {
  const analyses = failures.map(analysisOf);
  const own = analyses.flatMap(({ findings }) => findings.filter((finding) => finding.dimension === dimension));
  const severities = (own.length === 0 ? analyses : own).map(({ severity }) => severity);
  return severities.toSorted(worstFirst)[0] ?? "low";
}
