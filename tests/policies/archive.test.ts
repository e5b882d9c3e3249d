import { describe, expect, test } from "vitest";
import { headArchive, type OpenMeasured } from "../../policies/archive.ts";
import type { Verdict } from "../../state/evidence.ts";
import { candidateOf, hashOf, openMemberOf, settingsOf } from "./records.ts";

const head = hashOf("head");
const noDraw = () => {
  throw new Error("An archive of the head draws nothing.");
};

function found(name: string, verdict: Partial<Verdict>): OpenMeasured {
  const all = { accepted: true, decided: true, reason: "improved", delta: 0, ...verdict };
  return { candidate: candidateOf(name), stages: [], verdict: all, means: {}, column: null, values: {} };
}

function update(...measured: OpenMeasured[]) {
  const archive = { members: [openMemberOf(hashOf("old")), openMemberOf(head)], head };
  const input = { archive, measured, parents: [head], generation: 3, settings: settingsOf(), audit: null };
  return headArchive.update(input, null, noDraw);
}

const rejected = { accepted: false, reason: "no improvement", delta: 0.9 };

describe("an archive of the head alone", () => {
  test("keeps the head where nothing was measured, and where nothing was accepted", () => {
    expect(update()).toEqual({ keep: [head], head, verdicts: [] });
    const one = found("worse", rejected);
    expect(update(one)).toEqual({ keep: [head], head, verdicts: [one.verdict] });
  });

  test("keeps the accepted candidate with the largest difference in place of the head, the first of equals", () => {
    const measured = [
      found("a", { delta: 0.1 }),
      found("b", rejected),
      found("c", { delta: 0.3 }),
      found("d", { delta: 0.3 }),
    ];
    const { keep, head: next, verdicts } = update(...measured);
    expect({ keep, head: next }).toEqual({ keep: [hashOf("c")], head: hashOf("c") });
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([false, false, true, false]);
    expect(verdicts[1]).toEqual(measured[1]?.verdict);
    expect(verdicts[2]).toEqual(measured[2]?.verdict);
    for (const at of [0, 3]) {
      expect(verdicts[at]).toMatchObject({ decided: true, reason: "another candidate gained more" });
    }
  });
});
