import { describe, expect, test } from "vitest";
import type { OpenMeasured } from "../../policies/archive.ts";
import { frontArchive } from "../../policies/chebyshev-climb.ts";
import { wholeArchive } from "../../policies/many-archive.ts";
import type { Means } from "../../state/archive.ts";
import { candidateOf, hashOf, openMemberOf, settingsOf } from "./records.ts";

const noDraw = () => {
  throw new Error("These archives draw nothing.");
};
const accepted = { accepted: true, decided: true, reason: "measured", delta: 0 };
const member = (name: string, means: Means) =>
  openMemberOf(hashOf(name), { means, column: hashOf(`${name}-column`), generation: 1 });
const found = (name: string, means: Means, verdict = accepted): OpenMeasured => ({
  candidate: candidateOf(name),
  stages: [],
  verdict,
  means,
  column: hashOf(`${name}-column`),
  values: {},
});

function update(
  archive: ReturnType<typeof wholeArchive>,
  members: ReturnType<typeof member>[],
  measured: OpenMeasured[],
) {
  const head = members[0]!.program;
  const input = {
    archive: { members, head },
    measured,
    parents: [head],
    generation: 2,
    settings: settingsOf(),
    audit: null,
  };
  const { keep, head: next, verdicts } = archive.update(input, null, noDraw);
  return { keep: new Set(keep), head: next, verdicts };
}

describe("an archive of all that got through", () => {
  test("keeps them, and stands on the best mean, of equal ones the oldest", () => {
    const members = [member("start", { score: 0.5 })];
    const tied = update(wholeArchive(64), members, [found("worse", { score: 0.25 }), found("tied", { score: 0.5 })]);
    expect(tied.keep).toEqual(new Set(["start", "worse", "tied"].map(hashOf)));
    expect(tied.head).toBe(hashOf("start"));
    expect(tied.verdicts).toMatchObject([
      { accepted: true, reason: "joined the archive", delta: -0.25 },
      { accepted: true, delta: 0 },
    ]);
    const better = update(wholeArchive(64), members, [found("better", { score: 0.75 })]);
    expect(better).toMatchObject({
      head: hashOf("better"),
      verdicts: [{ reason: "best of the archive", delta: 0.25 }],
    });
  });

  test("drops those with the lowest means over its cap, and a candidate that is among them is not accepted", () => {
    const members = [member("a", { score: 0.5 }), member("b", { score: 0.25 })];
    const { keep, verdicts } = update(wholeArchive(2), members, [
      found("c", { score: 0.75 }),
      found("d", { score: 0 }),
    ]);
    expect(keep).toEqual(new Set([hashOf("a"), hashOf("c")]));
    expect(verdicts).toMatchObject([{ accepted: true }, { accepted: false, reason: "not kept by the archive" }]);
  });

  test("leaves what the trial turned down as it is", () => {
    const rejected = { accepted: false, decided: true, reason: "no improvement", delta: 0 };
    const { keep, verdicts } = update(wholeArchive(64), [member("a", { score: 0 })], [found("b", {}, rejected)]);
    expect(keep).toEqual(new Set([hashOf("a")]));
    expect(verdicts).toEqual([rejected]);
  });
});

describe("an archive of the front", () => {
  const front = frontArchive({ objectives: ["score", "body"] }, 64);

  test("keeps those that no other dominates, and drops a member that a candidate dominates", () => {
    const members = [member("start", { score: 0.4, body: 0.4 })];
    const { keep } = update(front, members, [
      found("right", { score: 0.9, body: 0.1 }),
      found("short", { score: 0.1, body: 0.9 }),
      found("both", { score: 0.5, body: 0.5 }),
      found("behind", { score: 0.4, body: 0.5 }),
    ]);
    expect(keep).toEqual(new Set(["right", "short", "both"].map(hashOf)));
  });

  test("keeps over its cap those that add most to the hypervolume, and the best score", () => {
    const { keep, head } = update(
      frontArchive({ objectives: ["score", "body"] }, 2),
      [member("a", { score: 0.9, body: 0.01 })],
      [found("b", { score: 0.5, body: 0.5 }), found("c", { score: 0.49, body: 0.51 })],
    );
    expect(keep).toEqual(new Set([hashOf("a"), hashOf("b")]));
    expect(head).toBe(hashOf("a"));
  });

  test("names an objective that nobody gives, with those that are given", () => {
    const bad = frontArchive({ objectives: ["score", "latency"] }, 64);
    expect(() => update(bad, [member("a", { score: 1, cost: 1 })], [])).toThrow(
      'The objective "latency" is not available. Available are: score, cost. The objectives of a run cannot be changed; start another',
    );
    const wide = frontArchive({ objectives: ["score", "cost"] }, 64);
    expect(() => update(wide, [member("a", { score: 1, cost: 3 })], [])).toThrow('The objective "cost" is 3');
  });
});
