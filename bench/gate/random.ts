import { draw } from "../../state/draw.ts";
import { normalCdf } from "../../policies/inference/normal.ts";

/** Seeded random numbers for simulations, which need more of them than `draw` can hash. */
export interface Random {
  uniform(): number;
  normal(): number;
}

/** A xorshift generator with 128 bits of state, seeded by `draw`. */
export function createRandom(seed: number, purpose: string): Random {
  const state = Uint32Array.from({ length: 4 }, (_, at) => 1 + Math.floor(draw(seed, 0, purpose, at) * (2 ** 32 - 1)));
  let spare: number | null = null;
  const uniform = () => {
    const [first, , , last] = state as unknown as [number, number, number, number];
    const mixed = first ^ (first << 11);
    state.copyWithin(0, 1);
    state[3] = last ^ (last >>> 19) ^ mixed ^ (mixed >>> 8);
    return (state[3] as number) / 2 ** 32;
  };
  return {
    uniform,
    /** Box and Muller, two at a time. */
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

const steps = 4096;
const widest = 8;
const table = Float64Array.from({ length: steps + 2 }, (_, at) => normalCdf((at / steps) * 2 * widest - widest));

/** The normal distribution function from a table, to 1e-6. */
export function fastCdf(z: number): number {
  if (z <= -widest) return 0;
  if (z >= widest) return 1;
  const at = ((z + widest) / (2 * widest)) * steps;
  const low = Math.floor(at);
  const [here, next] = [table[low] as number, table[low + 1] as number];
  return here + (next - here) * (at - low);
}
