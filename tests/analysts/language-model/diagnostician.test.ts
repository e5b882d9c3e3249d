import { expect, test } from "vitest";
import { deficienciesText } from "../../../analysts/language-model/draft-text.ts";
import { ladderFor } from "../../../analysts/language-model/ladder.ts";
import { createModelDiagnostician } from "../../../analysts/language-model/diagnostician.ts";
import { Deficiency, type Failure } from "../../../state/study.ts";
import { atWork, lampTasks, modelOf, mute, rollOutOn, sorter, textOfRequest } from "./setup.ts";

const failureOf = (task: string, expected: string, severity: "low" | "high"): Failure => ({
  task,
  category: "knowledge",
  place: null,
  expected,
  got: "unknown",
  evidence: `knowledge missing: ${expected}`,
  extra: {
    severity,
    verdict: "fail",
    findings: [{ dimension: "knowledge", issue: "missing", severity, evidence: expected }],
    missing: [],
  },
});
const failures = [failureOf("t0", "lights", "low"), failureOf("t1", "lights", "low"), failureOf("t2", "water", "high")];

const groupOf = (changes: object) => ({
  skill: "sorter",
  file: "SKILL.md",
  place: null,
  defect: "missing",
  dimension: "knowledge",
  cases: [1],
  evidence: "e",
  plan: "p",
  needsExamples: false,
  needsKnowledge: false,
  impact: "medium",
  risk: "low",
  ...changes,
});

async function diagnose(groups: object[] | undefined, skill = sorter("Be kind.")) {
  const { model, requests } = modelOf(groups === undefined ? {} : { Diagnosis: () => ({ deficiencies: groups }) });
  const replay = await rollOutOn(skill);
  const work = await atWork(() => createModelDiagnostician({ model }).diagnose(failures, [skill], replay));
  return { ...work, requests };
}

test("traces failures to places by one call, the worst first; severity follows from the findings", async () => {
  const { value, requests } = await diagnose(undefined);
  expect(requests).toHaveLength(1);
  expect(value.map(({ severity, tasks, place }) => ({ severity, tasks, place }))).toEqual([
    { severity: "high", tasks: ["t2"], place: "Rules" },
    { severity: "low", tasks: ["t0", "t1"], place: "Rules" },
  ]);
  for (const deficiency of value) expect(Deficiency.parse(deficiency)).toEqual(deficiency);
});

test("shows the skill, what was found in all, and every case with its findings", async () => {
  const { requests } = await diagnose(undefined);
  const text = textOfRequest(requests[0] as never);
  expect(text).toContain(
    "knowledge: 1 high, 0 medium, 2 low; missing 3 (usually missing: nothing covers this scenario); see cases 3, 1, 2\n  - water\n  - lights",
  );
  for (const part of ["Be fair.", "case 1, findings", lampTasks[0]?.[0] as string, "case 3, expected answer>\nwater"]) {
    expect(text).toContain(part);
  }
});

test("a place is a heading or a line of the file, and nothing else", async () => {
  const places = ["Rules", "- Be kind.", "Be fair", "", null];
  const { value } = await diagnose(places.map((place) => groupOf({ place })));
  expect(value.map(({ place }) => place)).toEqual(["Rules", "- Be kind.", null, null, null]);
});

test("what names no failure, or no file of a skill, is dropped and told", async () => {
  const groups = [
    groupOf({ cases: [] }),
    groupOf({ cases: [9] }),
    groupOf({ skill: "other" }),
    groupOf({ file: "x.md" }),
    groupOf({ cases: [1, 1, 3], file: "" }),
  ];
  const { value, told } = await diagnose(groups);
  expect(value).toMatchObject([{ tasks: ["t0", "t2"], file: "SKILL.md" }]);
  expect(told).toEqual([expect.stringContaining("4 of 5 deficiencies name no failure")]);
});

test("is bounded in number and in length, for the state of the run", async () => {
  const long = "x".repeat(5_000);
  const { value } = await diagnose(Array.from({ length: 20 }, () => groupOf({ plan: long, evidence: long })));
  expect(value).toHaveLength(8);
  expect(JSON.stringify(value).length).toBeLessThan(8_000);
});

test("without failures nothing is asked; a diagnosis that is missing is told and finds nothing, a second in a row ends the work", async () => {
  let isMute = true;
  const { model, requests } = modelOf({ Diagnosis: () => (isMute ? mute() : undefined) });
  const diagnostician = createModelDiagnostician({ model });
  expect((await atWork(() => diagnostician.diagnose([], [sorter()], []))).value).toEqual([]);
  expect(requests).toEqual([]);
  const { value, told } = await atWork(() => diagnostician.diagnose(failures, [sorter()], []));
  expect(value).toEqual([]);
  expect(told).toEqual([expect.stringContaining("the diagnosis of 3 failures is missing")]);
  const again = () => atWork(() => diagnostician.diagnose(failures, [sorter()], []));
  isMute = false;
  await again();
  isMute = true;
  await again();
  await expect(again()).rejects.toThrow(/diagnostician's model brain@1 .* last 2 calls.*then resume the run/s);
});

test("takes failures that another analyzer found", async () => {
  const { model } = modelOf();
  const plain = failures.map(({ task, place, expected, got, evidence }) => ({
    task,
    category: "missing_rule",
    place,
    expected,
    got,
    evidence,
  }));
  const replay = await rollOutOn(sorter());
  const { value } = await atWork(() => createModelDiagnostician({ model }).diagnose(plain, [sorter()], replay));
  expect(value).toMatchObject([{ severity: "medium" }, { severity: "medium" }]);
});

test("plans in order of severity, then impact, then failures, then risk, and keeps what each change needs", async () => {
  const groups = [
    groupOf({ plan: "risky", cases: [1, 2], impact: "high", risk: "high", needsExamples: true }),
    groupOf({ plan: "safe", cases: [1, 2], impact: "high" }),
    groupOf({ plan: "few", cases: [1], impact: "high" }),
    groupOf({ plan: "little", cases: [1, 2], impact: "low" }),
    groupOf({ plan: "worst", cases: [3], impact: "low", needsKnowledge: true }),
  ];
  const { value } = await diagnose(groups);
  expect(value.map(({ plan }) => plan)).toEqual(["worst", "safe", "risky", "few", "little"]);
  expect(value[2]?.extra).toMatchObject({ dimension: "knowledge", issues: ["missing"], needsExamples: true });
  expect(deficienciesText(value, new Map(), { limits: ladderFor(24_000)[0]!, quote: (_, text) => text })).toMatch(
    /plan: worst\nneeds knowledge: search the references[^]*plan: risky\nneeds an example/,
  );
});
