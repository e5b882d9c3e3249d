import { describe, expect, test } from "vitest";
import type { OpenMeasured } from "../../../policies/archive.ts";
import { versionArchive } from "../../../policies/archives/versions.ts";
import { measuredTrial } from "../../../policies/trial.ts";
import { createDraw } from "../../../state/draw.ts";
import type { Verdict } from "../../../state/evidence.ts";
import { candidateOf, hashOf, openMemberOf, settingsOf } from "../records.ts";

const verdictOf = (accepted: boolean, delta: number, decided = true): Verdict => {
  return { accepted, decided, reason: accepted ? "improved" : "not enough evidence", delta };
};
const measuredOf = (name: string, verdict: Verdict, score: number | null): OpenMeasured => ({
  candidate: candidateOf(name),
  stages: [],
  verdict,
  means: score === null ? {} : { score },
  column: null,
  values: {},
});

function update(of: { most: number; keepsAll: boolean }, measured: OpenMeasured[], versions = ["start"]) {
  const members = versions.map((name) => openMemberOf(hashOf(name), { means: { score: 0.5 } }));
  const head = hashOf(versions.at(-1)!);
  const input = {
    archive: { members, head },
    measured,
    parents: [head],
    generation: 1,
    settings: settingsOf(),
    audit: null,
  };
  return versionArchive(of).update(input, null, createDraw(1, 1, "archive"));
}

describe("an archive of versions", () => {
  test("without a gate commits what was measured, also what is worse or could not be measured", () => {
    const worse = update({ most: 3, keepsAll: true }, [measuredOf("worse", verdictOf(true, 0), 0.25)]);
    expect(worse.head).toBe(hashOf("worse"));
    expect(worse.verdicts).toEqual([{ accepted: true, decided: true, reason: "the next version", delta: -0.25 }]);
    const unknown = update({ most: 3, keepsAll: true }, [measuredOf("unknown", verdictOf(false, 0, false), null)]);
    expect(unknown.verdicts[0]).toMatchObject({ accepted: true, delta: 0 });
    expect(unknown.verdicts[0]?.reason).toContain("although not enough evidence");
  });

  test("with a gate takes the accepted one that gained most, and otherwise stays as it is", () => {
    const measured = [
      measuredOf("less", verdictOf(true, 0.1), 0.6),
      measuredOf("more", verdictOf(true, 0.2), 0.7),
      measuredOf("no", verdictOf(false, 0), 0.4),
    ];
    const { keep, head, verdicts } = update({ most: 3, keepsAll: false }, measured);
    expect([keep, head]).toEqual([[hashOf("start"), hashOf("more")], hashOf("more")]);
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([false, true, false]);
    expect(update({ most: 3, keepsAll: false }, [measured[2]!])).toMatchObject({
      keep: [hashOf("start")],
      head: hashOf("start"),
    });
  });

  test("drops the oldest beyond its limit, and knows a version that comes back", () => {
    const { keep } = update({ most: 3, keepsAll: true }, [measuredOf("d", verdictOf(true, 0), 0.5)], ["a", "b", "c"]);
    expect(keep).toEqual(["b", "c", "d"].map(hashOf));
    const back = update({ most: 3, keepsAll: true }, [measuredOf("a", verdictOf(true, 0), 0.5)], ["a", "b"]);
    expect(back.keep).toEqual(["b", "a"].map(hashOf));
  });
});

test("a trial that only measures costs every validation task for each candidate", () => {
  const settings = settingsOf({ candidates: 2 });
  expect(measuredTrial.cost({ settings, batch: 10, validation: 40 })).toEqual({ start: 40, least: 40, most: 80 });
});
