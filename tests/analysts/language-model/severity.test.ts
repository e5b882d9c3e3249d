import { describe, expect, test } from "vitest";
import { summarize } from "../../../analysts/language-model/batch.ts";
import type { Dimension, Finding } from "../../../analysts/dimensions.ts";
import { judge } from "../../../analysts/language-model/severity.ts";
import type { Failure, Severity } from "../../../state/study.ts";

const findingOf = (dimension: Dimension, severity: Severity, issue = "missing", evidence = ""): Finding => ({
  dimension,
  issue,
  severity,
  evidence,
});

describe("findings about one rollout", () => {
  test.each<[Severity[], string]>([
    [["high"], "fail"],
    [["medium", "medium"], "fail"],
    [["medium"], "marginal"],
    [["low"], "marginal"],
    [["low", "low", "low"], "marginal"],
    [[], "acceptable"],
  ])("of severity %j come to %s", (severities, verdict) => {
    const dimensions: Dimension[] = ["knowledge", "clarification", "tool"];
    const findings = severities.map((severity, index) => findingOf(dimensions[index] as Dimension, severity));
    expect(judge(findings).verdict).toBe(verdict);
  });

  test("are of the dimension of the worst; of several, knowledge goes before tool, clarification and style", () => {
    expect(judge([findingOf("tool", "high"), findingOf("knowledge", "high")]).primary).toBe("knowledge");
    expect(judge([findingOf("clarification", "medium"), findingOf("tool", "medium")]).primary).toBe("tool");
    expect(judge([findingOf("knowledge", "low"), findingOf("clarification", "medium")]).primary).toBe("clarification");
    expect(judge([])).toEqual({ verdict: "acceptable", severity: null, primary: null, findings: [] });
  });

  test("count style only where nothing of weight is wrong with knowledge or tools", () => {
    expect(judge([findingOf("style", "high"), findingOf("knowledge", "medium")])).toMatchObject({
      verdict: "marginal",
      severity: "medium",
      primary: "knowledge",
    });
    expect(judge([findingOf("style", "high"), findingOf("knowledge", "low")])).toMatchObject({ primary: "style" });
  });
});

describe("a batch of failures", () => {
  const failureOf = (task: string, findings: Finding[]): Failure => {
    const { severity, verdict } = judge(findings);
    const extra = { severity, verdict, findings, missing: [] };
    return { task, category: "knowledge", place: null, expected: null, got: null, evidence: "", extra };
  };

  test("is added up by dimension: severities, issues, cases that differ, hints without repeats", () => {
    const failures = [
      failureOf("a", [findingOf("knowledge", "medium", "missing", "No rule for taps.")]),
      failureOf("b", [findingOf("knowledge", "high", "missing", "no rule  for TAPS.")]),
      failureOf("c", [
        findingOf("knowledge", "high", "missing", "No rule for lamps."),
        findingOf("style", "low", "verbose"),
      ]),
      failureOf("d", [findingOf("knowledge", "medium", "incorrect", "Locks are doors.")]),
    ];
    expect(summarize(failures)).toEqual([
      {
        dimension: "knowledge",
        severities: { low: 0, medium: 2, high: 2 },
        issues: [
          { issue: "missing", count: 3 },
          { issue: "incorrect", count: 1 },
        ],
        cases: [1, 3, 2, 0],
        hints: ["no rule  for TAPS.", "No rule for lamps.", "Locks are doors."],
      },
      {
        dimension: "style",
        severities: { low: 1, medium: 0, high: 0 },
        issues: [{ issue: "verbose", count: 1 }],
        cases: [2],
        hints: [],
      },
    ]);
  });

  test("that another analyzer found has no dimensions", () => {
    const plain = { task: "a", category: "missing_rule", place: null, expected: null, got: null, evidence: "" };
    expect(summarize([plain])).toEqual([]);
  });
});
