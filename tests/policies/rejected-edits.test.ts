import { describe, expect, test } from "vitest";
import { learnAll, recall } from "../../policies/policy.ts";
import { rejectedEver, rejectedSinceAccepted } from "../../policies/rejected-edits.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Learned } from "../../policies/policy.ts";
import type { Json } from "../../state/json.ts";
import type { Settings } from "../../state/settings.ts";
import { auditOf, candidateOf, hashOf, recordOf, settingsOf } from "./records.ts";

const measured = { asked: 10, planned: 20, fixed: 0, broken: 0, missing: 0 };
const rejected = (name: string) =>
  recordOf({
    candidate: candidateOf(name),
    evidence: measured,
    verdict: { accepted: false, decided: true, reason: "no improvement", delta: 0 },
  });
const accepted = (name: string) =>
  recordOf({
    candidate: candidateOf(name),
    evidence: measured,
    verdict: { accepted: true, decided: true, reason: "improved", delta: 0.1 },
  });

function after(records: Learned[], settings: Settings = settingsOf(), policy = rejectedSinceAccepted) {
  const learn = (memories: Record<string, Json>, record: Learned) => learnAll([policy], memories, record, settings);
  return policy.decide({ epoch: null }, recall(policy, records.reduce(learn, {})));
}

describe("the memory of rejected edits", () => {
  test("is empty at the start, and holds what the gate rejected, oldest first", () => {
    expect(after([])).toEqual([]);
    expect(after([rejected("a"), rejected("b")])).toEqual([hashOf("a-edits"), hashOf("b-edits")]);
  });

  test("is cleared by an acceptance", () => {
    expect(after([rejected("a"), accepted("b")])).toEqual([]);
    expect(after([rejected("a"), accepted("b"), rejected("c")])).toEqual([hashOf("c-edits")]);
  });

  test("is cleared by a head that was checked, not by a provisional one, and holds what an audit undid", () => {
    const provisional = { ...accepted("b"), standing: "provisional" as const };
    expect(after([rejected("a"), provisional])).toEqual([hashOf("a-edits")]);
    expect(after([rejected("a"), { ...accepted("b"), standing: "checked" }])).toEqual([]);
    const audit = auditOf({ undone: [hashOf("b-edits"), hashOf("c-edits")] });
    const undone = recordOf({ standing: "rolled back", audit });
    expect(after([rejected("a"), undone])).toEqual(["a", "b", "c"].map((name) => hashOf(`${name}-edits`)));
  });

  test("is left alone by a generation without a candidate", () => {
    expect(after([rejected("a"), recordOf()])).toEqual([hashOf("a-edits")]);
  });

  test("holds the last ones, as many as the setting says", () => {
    const records = ["a", "b", "c", "d"].map(rejected);
    expect(after(records, settingsOf({ rejected: 2 }))).toEqual([hashOf("c-edits"), hashOf("d-edits")]);
  });

  test("holds what the guard blocked", () => {
    const verdict = { accepted: false, decided: true, reason: "blocked by the guard", delta: 0 };
    expect(after([recordOf({ candidate: candidateOf("a"), verdict })])).toEqual([hashOf("a-edits")]);
  });

  test("does not hold what the gate never decided about", () => {
    const undecided = {
      ...rejected("a"),
      verdict: { accepted: false, decided: false, reason: "undecided", delta: 0.2 },
    };
    const unmeasured = {
      ...undecided,
      evidence: null,
      verdict: { accepted: false, decided: false, reason: "budget spent", delta: 0 },
    };
    expect(after([undecided, unmeasured])).toEqual([]);
  });

  test("fits its cap in bytes with the largest value the setting takes", () => {
    const largest = 200;
    expect(() => settingsOf({ rejected: largest + 1 })).toThrow(SettingsError);
    const records = Array.from({ length: largest + 1 }, (_, index) => rejected(`edit ${index}`));
    const kept = records.slice(1).map(({ candidate }) => candidate?.edits);
    expect(after(records, settingsOf({ rejected: largest }))).toEqual(kept);
  });
});

describe("the memory of all rejected edits", () => {
  test("is not cleared by an acceptance, and holds the last ones, each once, at its last place", () => {
    const records = [rejected("a"), accepted("b"), rejected("c"), rejected("a")];
    expect(after(records, settingsOf(), rejectedEver)).toEqual([hashOf("c-edits"), hashOf("a-edits")]);
    expect(after(records, settingsOf({ rejected: 1 }), rejectedEver)).toEqual([hashOf("a-edits")]);
    expect(after([rejected("a"), rejected("c"), rejected("a")])).toEqual([hashOf("c-edits"), hashOf("a-edits")]);
  });
});
