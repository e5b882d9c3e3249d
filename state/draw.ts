import { createHash } from "node:crypto";

/** A number in [0, 1) for an index; the seed, generation and purpose are bound. */
export type Draw = (index: number) => number;

/**
 * The only source of randomness: a pure function, uniform in [0, 1) with 48 bits, so that a resumed run draws what the
 * uninterrupted one would have drawn.
 */
export function draw(seed: number, generation: number, purpose: string, index: number): number {
  const digest = createHash("sha256").update(`${seed}/${generation}/${purpose}/${index}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

export function createDraw(seed: number, generation: number, purpose: string): Draw {
  return (index) => draw(seed, generation, purpose, index);
}

/** A seeded permutation of 0..size-1 (Fisher-Yates, one draw a place). */
export function permutation(size: number, drawAt: Draw): number[] {
  const order = Array.from({ length: size }, (_, index) => index);
  for (let last = size - 1; last > 0; last -= 1) {
    const other = Math.floor(drawAt(last) * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
