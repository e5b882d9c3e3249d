import { describe, expect, test } from "vitest";
import { strictAcceptance } from "../../../policies/acceptance.ts";
import { judgedLater } from "../../../policies/curation/later-trial.ts";
import { againstHead, noTrial, type Comparison, type TrialInput } from "../../../policies/trial.ts";
import { evidenceOf } from "../../support/gate/evidence.ts";
import { hashOf, settingsOf } from "../records.ts";

const input: TrialInput = {
  settings: settingsOf({ candidates: 2 }),
  generation: 1,
  spent: { rollouts: 0, simulations: 0, tokens: 0 },
  batch: [4],
  batchScores: [1],
  costInRollouts: 10,
  later: [7, 2, 9],
  validation: [0, 1],
  parents: [hashOf("start")],
  archive: { members: [], head: hashOf("start") },
  closes: false,
};
const trial = judgedLater(againstHead(strictAcceptance), { group: 4 });
const stagesOf = (of: Partial<TrialInput> = {}) => trial.stages({ ...input, ...of }, null, () => 0);

describe("a trial that later tasks judge first", () => {
  test("runs candidate and parent on the later tasks of the stream, and the rest after it", () => {
    const [first, ...rest] = stagesOf() as Comparison[];
    expect(first).toMatchObject({ name: "later", suite: "train", tasks: [7, 2, 9], against: "parents", keep: 2 });
    expect(rest.map(({ name }) => name)).toEqual(["validation"]);
  });

  test("is the rest alone where no task is still to come", () => {
    expect(stagesOf({ later: [] })).toHaveLength(1);
  });

  test("asks all later tasks in their order, and lets pass what is no worse", () => {
    const [{ acceptance }] = stagesOf() as [Comparison];
    expect(acceptance.plan([0, 1, 0], () => 0)).toEqual({ order: "given", tasks: [0, 1, 2] });
    // Certain to be worse after the first row, and still asked.
    expect(acceptance.look(evidenceOf([0], [1, 1, 1]))).toBe("more");
    expect(acceptance.look(evidenceOf([0, 1, 1], [1, 1, 1]))).toBe("enough");
    const accepts = (candidate: number[], other: number[]) => acceptance.decide(evidenceOf(candidate, other)).accepted;
    expect(accepts([0, 1, 1], [1, 0, 1])).toBe(true);
    expect(accepts([1, 1, 1], [1, 0, 1])).toBe(true);
    expect(accepts([0, 0, 1], [1, 0, 1])).toBe(false);
    expect(accepts([0, 1, 1], [1, 1, 1])).toBe(false);
  });

  test("costs at most both arms on all later tasks in addition", () => {
    const of = { settings: settingsOf(), batch: 1, validation: 20 };
    const before = againstHead(strictAcceptance).cost(of);
    expect(trial.cost(of)).toEqual({ ...before, most: before.most + 6 });
    expect(judgedLater(noTrial, { group: 4 }).cost({ ...of, batch: 9 })).toEqual(noTrial.cost(of));
  });
});
