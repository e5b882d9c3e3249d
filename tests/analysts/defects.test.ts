import { describe, expect, test } from "vitest";
import { causeOf } from "../../analysts/defects.ts";
import { Dimension, findingsSchema } from "../../analysts/dimensions.ts";
import { Deficiency } from "../../state/study.ts";

const issuesOf = (dimension: Dimension) => findingsSchema(dimension).shape.findings.element.shape.issue.options;

describe("from issue to defect", () => {
  test("every issue of every dimension has a cause, and nothing else has", () => {
    for (const dimension of Dimension.options) {
      expect(issuesOf(dimension).length).toBeGreaterThan(2);
      for (const issue of issuesOf(dimension))
        expect(Deficiency.shape.defect.options).toContain(causeOf(dimension, issue)?.defect);
      expect(causeOf(dimension, "toString")).toBeUndefined();
    }
  });

  test.each([
    ["knowledge", "missing", "missing", "nothing covers this scenario"],
    ["knowledge", "not_surfaced", "insufficient", "badly organized"],
    ["tool", "missed_call", "missing", "when to call"],
    ["tool", "wrong_params", "insufficient", "thinly documented"],
    ["clarification", "over_asking", "incorrect", "too wide"],
    ["style", "verbose", "missing", "brevity"],
  ] as const)("%s %s is %s, as published: %s", (...row) => {
    const [dimension, issue, defect, means] = row;
    expect(causeOf(dimension, issue)).toMatchObject({ defect, means: expect.stringContaining(means) });
  });
});
