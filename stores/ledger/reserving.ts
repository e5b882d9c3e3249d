import { BudgetError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { Clock } from "../lease/clock.ts";
import type { Expectation, SpaceCommit } from "../record-store.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { Request, Reservations } from "./reservations.ts";
import { turnKey, type OtherSheets } from "./sheets.ts";

/** Milliseconds between looks whether calls of others came out cheaper than what was reserved, and for how long nothing may change. */
const lookEvery = 250;
const longestStill = 60_000;

interface Needs {
  reservations: Reservations;
  commit: GroupCommit;
  /** The session's own sheet as it is now. */
  written(): SpaceCommit & { put: Record<string, string> };
  /** Where others spend for the run meanwhile: their sheets. */
  others: OtherSheets | undefined;
  clock: Clock;
}

/** Reserves for a call in this process and in the store, before the call is made. */
export function createReserving({ reservations, commit, written, others, clock }: Needs) {
  /** False where others have reserved since what is expected. */
  async function attempt(request: Request, expected?: Expectation): Promise<boolean> {
    await reservations.take(request);
    if (request.most === 0) return true;
    const inTurn = () => {
      const { put, ...sheet } = written();
      return expected === undefined
        ? { ...sheet, put }
        : { ...sheet, put: { ...put, [turnKey]: request.call }, expect: [expected] };
    };
    let isReserved = false;
    try {
      ({ committed: isReserved } = await commit(inTurn));
    } finally {
      if (!isReserved) reservations.free(request.call);
    }
    // Where the sheet was written for another call meanwhile, it says what was not reserved, and others would wait for it.
    if (!isReserved) await commit(written);
    return isReserved;
  }

  return async (request: Request): Promise<void> => {
    if (others === undefined) return void (await attempt(request));
    let last = "";
    let since = clock.now();
    for (;;) {
      const expected = await others.read();
      try {
        if (await attempt(request, expected)) return;
      } catch (error) {
        // Calls of others that are under way may still come out cheaper.
        const underWay = reservedBy(others).join(" ");
        if (underWay !== last) [last, since] = [underWay, clock.now()];
        const isHopeless = underWay === "" || clock.now() - since > longestStill;
        if (!(error instanceof BudgetError) || isHopeless) throw error;
        await clock.sleep(lookEvery);
      }
    }
  };
}

function reservedBy({ sheets }: OtherSheets): Hash[] {
  return [...sheets.values()].flatMap(({ reserved }) => Object.keys(reserved));
}
