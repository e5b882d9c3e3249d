import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hypervolume, hypervolumeContribution } from "../../../policies/fronts/hypervolume.ts";
import { StateError } from "../../../state/errors.ts";

const steps = 4;
const gridVectors = (sizes: readonly number[]) =>
  fc.constantFrom(...sizes).chain((size) =>
    fc.array(fc.array(fc.integer({ min: 0, max: steps }), { minLength: size, maxLength: size }), {
      minLength: 1,
      maxLength: 8,
    }),
  );

/** Counts the unit cells below some vector. */
function cellsBelow(vectors: readonly number[][]): number {
  const size = vectors[0]!.length;
  let count = 0;
  for (let cell = 0; cell < steps ** size; cell += 1) {
    const corner = Array.from({ length: size }, (_, at) => (Math.floor(cell / steps ** at) % steps) + 1);
    if (vectors.some((vector) => vector.every((value, at) => value >= corner[at]!))) count += 1;
  }
  return count;
}

/** Adds and takes away the boxes that sets of vectors have in common. */
function byInclusionAndExclusion(vectors: readonly number[][]): number {
  let sum = 0;
  for (let set = 1; set < 2 ** vectors.length; set += 1) {
    const chosen = vectors.filter((_, at) => (set >> at) % 2 === 1);
    const box = chosen[0]!.map((_, at) => Math.max(0, Math.min(...chosen.map((vector) => vector[at]!))));
    sum += (chosen.length % 2 === 1 ? 1 : -1) * box.reduce((product, value) => product * value, 1);
  }
  return sum;
}

describe("a hypervolume", () => {
  test.each([
    [[], 0],
    [[[0.3], [0.5]], 0.5],
    [[[1, 1]], 1],
    [
      [
        [0.5, 1],
        [1, 0.5],
      ],
      0.75,
    ],
    [
      [
        [0.5, 1],
        [1, 0.5],
        [0.5, 0.5],
        [0.5, 1],
      ],
      0.75,
    ],
    [
      [
        [3, 1],
        [2, 2],
        [1, 3],
      ],
      6,
    ],
    [[[1, 1, 1]], 1],
    [
      [
        [2, 2, 1],
        [1, 1, 3],
      ],
      6,
    ],
    [
      [
        [1, 2, 3],
        [3, 1, 2],
        [2, 3, 1],
      ],
      13,
    ],
    [
      [
        [1, 1, 1, 2],
        [2, 1, 1, 1],
      ],
      3,
    ],
    [
      [
        [1, 0, 1],
        [0.5, 0.5, -1],
      ],
      0,
    ],
  ])("of %j is %d", (vectors, volume) => {
    expect(hypervolume(vectors)).toBeCloseTo(volume, 12);
  });

  test("of whole numbers is the number of cells below them, in one to five dimensions", () => {
    fc.assert(
      fc.property(gridVectors([1, 2, 3, 4, 5]), (vectors) => {
        expect(hypervolume(vectors)).toBe(cellsBelow(vectors));
      }),
    );
  });

  test("of fractions is that of inclusion and exclusion", () => {
    const vectors = fc.constantFrom(2, 3, 4, 6).chain((size) =>
      fc.array(fc.array(fc.double({ min: -0.2, max: 1, noNaN: true }), { minLength: size, maxLength: size }), {
        minLength: 1,
        maxLength: 7,
      }),
    );
    fc.assert(
      fc.property(vectors, (list) => {
        expect(Math.abs(hypervolume(list) - byInclusionAndExclusion(list))).toBeLessThan(1e-10);
      }),
    );
  });

  test("of 64 members on four objectives is quick, and grows with each of them", () => {
    const sphere = Array.from({ length: 64 }, (_, member) => {
      const raw = [1, 2, 3, 4].map((at) => 1.1 + Math.sin(member * at * 1.7));
      const length = Math.hypot(...raw);
      return raw.map((value) => value / length);
    });
    const volumes = [16, 32, 64].map((size) => hypervolume(sphere.slice(0, size)));
    expect(volumes).toEqual(volumes.toSorted((a, b) => a - b));
    expect(volumes[2]).toBeLessThan(1);
  });

  test.each([[[[1, 2], [1]]], [[[Number.NaN, 1]]]])("of %j is refused", (vectors) => {
    expect(() => hypervolume(vectors)).toThrow(StateError);
  });
});

describe("a contribution to the hypervolume", () => {
  test.each([
    [[1, 1], [], 1],
    [[1, 1], [[0.5, 1]], 0.5],
    [[0.5, 0.5], [[0.5, 1]], 0],
    [[0.5, 1], [[0.5, 1]], 0],
    [[1, 0], [[0.5, 1]], 0],
    [
      [2, 2],
      [
        [3, 1],
        [1, 3],
      ],
      1,
    ],
    [
      [1, 1],
      [
        [0, 2],
        [2, -1],
      ],
      1,
    ],
  ])("of %j to %j is %d", (vector, others, volume) => {
    expect(hypervolumeContribution(vector, others)).toBeCloseTo(volume, 12);
  });

  test("is what the whole has more with it than without, and above 0 just where it is new", () => {
    fc.assert(
      fc.property(gridVectors([1, 2, 3, 4]), (vectors) => {
        const [vector, ...others] = vectors as [number[], ...number[][]];
        const found = hypervolumeContribution(vector, others);
        expect(found).toBe(hypervolume(vectors) - (others.length === 0 ? 0 : hypervolume(others)));
        const isCovered = others.some((other) => other.every((value, at) => value >= vector[at]!));
        expect(found > 0).toBe(!isCovered && vector.every((value) => value > 0));
      }),
    );
  });
});
