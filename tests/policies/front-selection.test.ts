import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frontSelection, mergeKey } from "../../policies/front-selection.ts";
import type { OpenMember, Values } from "../../state/archive.ts";
import { createDraw, type Draw } from "../../state/draw.ts";
import type { Json } from "../../state/json.ts";
import { candidateOf, hashOf, openMemberOf, recordOf, settingsOf } from "./records.ts";

const mean = (scores: Values) => scores.reduce<number>((sum, score) => sum + (score ?? 0), 0) / scores.length;

function member(name: string, scores: Values, parents: string[] = [], means: Record<string, number> = {}): OpenMember {
  return openMemberOf(hashOf(name), {
    parents: parents.map(hashOf),
    column: hashOf(`${name}-column`),
    values: { score: scores },
    means: { score: mean(scores), ...means },
  });
}

function decide(
  members: readonly OpenMember[],
  { front = "instance" as const, merges = 0, memory = null as Json, draw = (() => 0) as Draw } = {},
) {
  const archive = { members, head: (members[0] as OpenMember).program };
  return frontSelection({ front, merges }).decide({ archive, generation: 2, settings: settingsOf() }, memory, draw);
}

const chosen = (members: readonly OpenMember[], draw: Draw, front?: "objective") =>
  decide(members, { draw, ...(front === undefined ? {} : { front: front as never }) }).parents[0];

describe("parents drawn from the fronts", () => {
  test("are the start before anything was measured", () => {
    expect(decide([openMemberOf(hashOf("start"))])).toEqual({ parents: [hashOf("start")], ancestor: null });
  });

  test("are drawn by how many fronts a member is on once redundant members are taken out", () => {
    const members = [member("a", [1, 1, 0, 0]), member("b", [0, 0, 1, 0]), member("c", [0, 0, 0, 1])];
    const draws = Array.from({ length: 100 }, (_, at) => chosen(members, () => (at + 0.5) / 100));
    const share = (name: string) => draws.filter((program) => program === hashOf(name)).length;
    expect([share("a"), share("b"), share("c")]).toEqual([50, 25, 25]);
  });

  test("may be the member with the best mean, whatever the fronts say", () => {
    // `best` is on every front beside another one, so that it is redundant.
    const members = [member("best", [1, 1, 1, 0]), member("one", [1, 1, 0, 1]), member("two", [0, 0, 1, 1])];
    const drawn = new Set(Array.from({ length: 100 }, (_, at) => chosen(members, () => (at + 0.5) / 100)));
    expect(drawn).toContain(hashOf("best"));
  });

  test("are those best on some objective's mean where objectives are compared", () => {
    const members = [member("right", [1, 0], [], { body: 0 }), member("short", [0, 0], [], { body: 1 })];
    const drawn = Array.from({ length: 10 }, (_, at) => chosen(members, () => (at + 0.5) / 10, "objective"));
    expect(new Set(drawn)).toEqual(new Set([hashOf("right"), hashOf("short")]));
  });

  test("are members, for any archive and draw", () => {
    const scores = fc.array(fc.constantFrom(0, 0.5, 1, null), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(scores, { minLength: 1, maxLength: 6 }), fc.nat(99), (columns, at) => {
        const members = columns.map((column, index) => member(`m${index}`, column));
        const { parents, ancestor } = decide(members, { draw: createDraw(at, 1, "parent") });
        expect(members.map(({ program }) => program)).toContain(parents[0]);
        expect({ count: parents.length, ancestor }).toEqual({ count: 1, ancestor: null });
      }),
    );
  });
});

describe("merges", () => {
  const family = [
    member("start", [0, 0, 0, 0]),
    member("left", [1, 1, 0, 0], ["start"]),
    member("right", [0, 0, 1, 1], ["start"]),
  ];
  const due = { isDue: true, tried: [] as string[] };
  const merge = (members: readonly OpenMember[], memory: Json, merges = 5) => decide(members, { merges, memory });

  test("take two members of the fronts with their common ancestor, when one is due", () => {
    const { parents, ancestor } = merge(family, due);
    expect(new Set(parents)).toEqual(new Set([hashOf("left"), hashOf("right")]));
    expect(ancestor).toBe(hashOf("start"));
    expect(merge(family, { ...due, isDue: false }).parents).toHaveLength(1);
  });

  test("are not made of a member and its ancestor, without a common ancestor, or over one that is better than either", () => {
    const chain = [member("a", [0, 0, 0]), member("b", [1, 0, 0], ["a"]), member("c", [0, 1, 1], ["b"])];
    expect(merge(chain, due).parents).toHaveLength(1);
    expect(merge([member("a", [1, 0]), member("b", [0, 1])], due).parents).toHaveLength(1);
    const fallen = [member("s", [0.5, 0.5, 0.5]), member("l", [1, 0, 0], ["s"]), member("r", [0, 1, 0], ["s"])];
    expect(merge(fallen, due).parents).toHaveLength(1);
  });

  test("are tried once for each three, and no more often than the setting says", () => {
    const { parents, ancestor } = merge(family, due);
    const tried = [mergeKey({ parents, ancestor })];
    expect(merge(family, { isDue: true, tried }).parents).toHaveLength(1);
    expect(merge(family, { isDue: true, tried: ["another"] }, 1).parents).toHaveLength(1);
  });

  test("are due after a generation that kept a candidate which was not merged", () => {
    const { memory } = frontSelection({ front: "instance", merges: 5 });
    const verdict = { accepted: true, decided: true, reason: "joined the archive", delta: 0 };
    const learned = memory!.learn(memory!.start, recordOf({ candidate: candidateOf("a"), verdict }), settingsOf());
    expect(learned).toEqual({ isDue: true, tried: [] });
    const ancestor = hashOf("start");
    const merged = candidateOf("m", { extra: { ancestor } });
    const parents = [hashOf("a"), hashOf("b")];
    const both = recordOf({ parents, candidate: merged, verdict });
    expect(memory!.learn(learned, both, settingsOf())).toEqual({
      isDue: false,
      tried: [mergeKey({ parents, ancestor })],
    });
  });
});
