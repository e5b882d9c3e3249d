import { describe, expect, test } from "vitest";
import type { OpenMeasured } from "../../../policies/archive.ts";
import { frontierArchive, frontierSelection } from "../../../policies/fronts/frontier.ts";
import { mainObjective, type OpenMember } from "../../../state/archive.ts";
import { candidateOf, hashOf, openMemberOf, settingsOf } from "../records.ts";

const memberOf = (name: string, score: number | null, generation = 0): OpenMember =>
  openMemberOf(hashOf(name), { generation, ...(score === null ? {} : { means: { [mainObjective]: score } }) });
const measuredOf = (name: string, score: number | null, accepted = true): OpenMeasured => ({
  candidate: candidateOf(name),
  stages: [],
  verdict: { accepted, decided: true, reason: "measured", delta: 0 },
  means: score === null ? {} : { [mainObjective]: score },
  column: null,
  values: {},
});
const settings = settingsOf();

function update(size: number, members: readonly OpenMember[], ...measured: OpenMeasured[]) {
  const head = members[0]!.program;
  const input = { archive: { members, head }, measured, parents: [head], generation: 9, settings, audit: null };
  return frontierArchive(size).update(input, null, () => 0);
}

describe("a frontier of programs", () => {
  const full = [memberOf("a", 0.5), memberOf("b", 0.3), memberOf("c", 0.4)];

  test("with room takes a candidate however it did, and stays at the best", () => {
    const { keep, head, verdicts } = update(3, full.slice(0, 2), measuredOf("d", 0.1));
    expect(keep).toEqual(["a", "b", "d"].map(hashOf));
    expect(head).toBe(hashOf("a"));
    expect(verdicts).toMatchObject([{ accepted: true, reason: "joined the archive", delta: 0.1 - 0.5 }]);
  });

  test("without room replaces the worst with what is better, and nothing with what is not", () => {
    expect(update(3, full, measuredOf("d", 0.35)).keep).toEqual(["a", "c", "d"].map(hashOf));
    const equal = update(3, full, measuredOf("d", 0.3));
    expect(equal.keep).toEqual(["a", "b", "c"].map(hashOf));
    expect(equal.verdicts).toMatchObject([{ accepted: false, reason: "not kept by the archive" }]);
    expect(update(3, full, measuredOf("d", 0.9)).head).toBe(hashOf("d"));
  });

  test("takes several candidates in their order, and drops members where it has become smaller", () => {
    expect(update(3, full, measuredOf("d", 0.35), measuredOf("e", 0.45)).keep).toEqual(["a", "c", "e"].map(hashOf));
    expect(update(1, full).keep).toEqual([hashOf("a")]);
    expect(update(2, full, measuredOf("x", null)).keep).toEqual(["a", "c"].map(hashOf));
  });

  test("gives the next parent by rule: the best, any, or by rank in turn", () => {
    const archive = { members: [...full, memberOf("new", null)], head: hashOf("a") };
    const parentOf = (rule: Parameters<typeof frontierSelection>[0], generation: number, drawn = 0) =>
      frontierSelection(rule).decide({ archive, generation, settings }, null, () => drawn).parents[0];
    expect([1, 2, 3].map((generation) => parentOf("best", generation))).toEqual(["a", "a", "a"].map(hashOf));
    expect([0, 0.3, 0.6, 0.9].map((drawn) => parentOf("random", 1, drawn))).toEqual(["a", "b", "c", "new"].map(hashOf));
    expect([1, 2, 3, 4, 5].map((generation) => parentOf("round-robin", generation))).toEqual(
      ["a", "c", "b", "new", "a"].map(hashOf),
    );
  });
});
