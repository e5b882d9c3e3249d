import { expect, test } from "vitest";
import { learnAll, recall } from "../../../policies/policy.ts";
import { triedPrograms } from "../../../policies/feedback/tried.ts";
import type { Learned } from "../../../policies/policy.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, findingOf, hashOf, recordOf, settingsOf } from "../records.ts";

const held = (name: string) =>
  recordOf({
    candidate: candidateOf(name),
    findings: [
      findingOf(hashOf(name), { kind: "leakage", rule: "task-id", severity: "hold", message: `Names ${name}.` }),
    ],
    tried: [name],
  });

function after(records: Learned[]) {
  const learn = (memories: Record<string, Json>, record: Learned) =>
    learnAll([triedPrograms], memories, record, settingsOf());
  return triedPrograms.decide(recall(triedPrograms, records.reduce(learn, {})));
}

test("what was tried is remembered over acceptances, the last 64 programs", () => {
  expect([...after([]).programs]).toEqual([]);
  const accepted = recordOf({
    candidate: candidateOf("b"),
    verdict: { accepted: true, decided: true, reason: "", delta: 1 },
    tried: ["b"],
  });
  expect([...after([recordOf({ tried: ["a"] }), accepted, recordOf({ tried: ["a", "c"] })]).programs]).toEqual([
    "a",
    "b",
    "c",
  ]);
  const many = Array.from({ length: 100 }, (_, at) => recordOf({ tried: [`${at}`] }));
  expect([...after(many).programs]).toEqual(Array.from({ length: 64 }, (_, at) => `${at + 36}`));
});

test("why the guard kept edits out is remembered without the text of the finding", () => {
  const { refusals } = after([held("secret")]);
  expect(refusals).toEqual([{ edits: hashOf("secret-edits"), reason: expect.stringContaining("(task-id)") }]);
  expect(JSON.stringify(refusals)).not.toContain("Names secret");
  const noted = recordOf({ candidate: candidateOf("x"), findings: [findingOf(hashOf("x"), { severity: "warn" })] });
  expect(after([noted]).refusals).toEqual([]);
});

test("candidates beside the one that the verdict is about are remembered too", () => {
  const { refusals } = after([{ ...held("a"), candidate: candidateOf("best"), keptOut: [candidateOf("a")] }]);
  expect(refusals.map(({ edits }) => edits)).toEqual([hashOf("a-edits")]);
});

test("the memory stays within its cap", () => {
  const records = Array.from({ length: 200 }, (_, at) => ({ ...held(`${at}`), tried: [hashOf(`${at}`).slice(0, 16)] }));
  const { programs, refusals } = after(records);
  expect([programs.size, refusals.length]).toEqual([64, 12]);
});
