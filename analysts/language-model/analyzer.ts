import { z } from "zod";
import type { SkillFolder } from "../../skills/folder.ts";
import { shorten } from "../../skills/shorten.ts";
import { SettingsError } from "../../state/errors.ts";
import { Severity, type Failure } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { tell } from "../../models/calls.ts";
import type { Analyzer } from "../analyst.ts";
import { allOf, createAsker, type Asker, type ModelNeeds } from "./ask.ts";
import { caseText, expectedText, skillsText } from "./case-text.ts";
import { chooseDiverse, failedOf } from "./choice.ts";
import { Dimension, Finding, findingsSchema } from "../dimensions.ts";
import { judge } from "./severity.ts";
import { createSilence } from "./silence.ts";

export interface AnalyzerOptions extends ModelNeeds {
  /** Most failures of a batch that are looked at. Default 8. */
  failures?: number | undefined;
  /** The dimensions asked about, one call each for each failure. Default all four. */
  dimensions?: readonly Dimension[] | undefined;
}

/** What the model analyzer adds to a failure: all that was found, and the dimensions about which nothing is known. */
export const Analysis = z.object({
  severity: Severity,
  verdict: z.enum(["fail", "marginal"]),
  findings: z.array(Finding),
  missing: z.array(Dimension),
});
export type Analysis = z.infer<typeof Analysis>;

const evidenceCharacters = 300;
/** Of one dimension of one failure; there are fewer issues to find. */
const mostFindings = 20;

/**
 * Asks a model what is wrong with failed rollouts, each dimension by a call of its own; what that comes to is counted, not
 * asked. A failure about which every analysis is missing, or in which none finds anything, is not reported as one. Throws a
 * PartError where all analyses of a batch are missing.
 */
export function createModelAnalyzer(options: AnalyzerOptions): Analyzer & { readonly fingerprint: string } {
  const { failures: limit = 8, dimensions = Dimension.options } = options;
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw new SettingsError("failures", `failures is ${limit}; it must be a whole number from 1.`);
  }
  const asker = createAsker(options);
  const refuseSilence = createSilence("analyzer", options.model.fingerprint);
  return {
    fingerprint: `${asker.fingerprint}/${limit}/${dimensions.join("+")}`,
    async analyze(rollouts, skills) {
      const chosen = chooseDiverse(failedOf(rollouts), limit);
      const studies = await allOf(
        chosen.map((rollout) => allOf(dimensions.map((each) => askAbout(each, { asker, rollout, skills })))),
      );
      refuseSilence(studies.flat());
      const missing = studies.flat().filter((study) => "missing" in study);
      if (missing.length > 0) {
        const of = `${missing.length} of ${studies.flat().length} analyses of failures are missing`;
        tell(`${of}; the first one because: ${missing[0]?.missing}`);
      }
      return chosen.flatMap((rollout, index) => failureOf(rollout, studies[index] as Study[]));
    },
  };
}

type Study = { dimension: Dimension } & ({ findings: Finding[] } | { missing: string });

interface Asked {
  asker: Asker;
  rollout: ScoredRollout;
  skills: readonly SkillFolder[];
}

async function askAbout(dimension: Dimension, { asker, rollout, skills }: Asked): Promise<Study> {
  const reply = await asker.ask({
    prompt: `analyze-${dimension}`,
    name: "findings",
    schema: findingsSchema(dimension),
    fill: (limits, quote) => ({
      skills: skillsText(skills, { limits, quote }),
      case: caseText("case", rollout, { limits, quote }),
    }),
  });
  if ("missing" in reply) return { dimension, missing: reply.missing };
  const findings = reply.value.findings.slice(0, mostFindings).map(({ issue, severity, evidence }) => ({
    dimension,
    issue,
    severity,
    evidence: shorten(evidence, evidenceCharacters),
  }));
  return { dimension, findings };
}

function failureOf({ rollout, expected }: ScoredRollout, studies: readonly Study[]): Failure[] {
  const { verdict, severity, primary, findings } = judge(
    studies.flatMap((study) => ("findings" in study ? study.findings : [])),
  );
  if (verdict === "acceptable" || severity === null || primary === null) return [];
  const missing = studies.filter((study) => "missing" in study).map(({ dimension }) => dimension);
  return [
    {
      task: rollout.task,
      category: primary,
      place: null,
      expected: expectedText(expected),
      got: rollout.answer?.text ?? null,
      evidence: findings.map(({ dimension, issue, evidence }) => `${dimension} ${issue}: ${evidence}`).join("\n"),
      extra: { severity, verdict, findings, missing } satisfies Analysis,
    },
  ];
}
