import { draw } from "../../../state/draw.ts";

const RealDate = Date;
let offset = 0;

/** The time of day as this process sees it, shifted. */
export class ShiftedDate extends RealDate {
  constructor(...from: [] | [string | number | Date]) {
    super(...((from.length === 0 ? [RealDate.now() + offset] : from) as [number]));
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
}

const hour = 3_600_000;
const jumps = [0, -50, -60_000, -hour, hour, 24 * hour, -24 * hour];

/** The time of day jumps: it is off by up to a day from now on. What of it is drawn by these. */
export function jumpInTime(seed: number, trial: number, index: number): void {
  offset = jumps[Math.floor(draw(seed, trial, "jump", index) * jumps.length)] as number;
}
