import { z } from "zod";
import { canonicalJson, Hash } from "../../state/json.ts";
import type { Cost } from "../../state/task.ts";
import { noUsage, RoleUsage, sumCosts, sumUsage, usdOf, type Role } from "../../state/usage.ts";
import { under, type Expectation, type RecordStore } from "../record-store.ts";
import { attemptSpace } from "../spaces.ts";

/**
 * What one session of a run (one process at work on it) has spent: the answers it paid for by role, reservations of calls
 * under way in US dollars, and the bounds of calls that failed or were cut short, of which nobody says what they cost.
 */
const Sheet = z.strictObject({
  seconds: z.number().nonnegative(),
  executions: z.int().nonnegative(),
  usage: RoleUsage,
  reserved: z.record(Hash, z.number()),
  lost: z.number().nonnegative(),
});
export type Sheet = z.infer<typeof Sheet>;

/** All sessions of a run together. */
export interface Balance {
  seconds: number;
  executions: number;
  usage: RoleUsage;
}

/** What a call cost; an estimate where nobody reported it. */
export type Charge = Cost & { isEstimated?: boolean };

export interface SheetPlace {
  store: RecordStore;
  family: string;
  run: string;
}

export const sheetPrefix = "session/";

/** Where others spend too, a reservation is made only if no other one was made since the sheets were read: each of them changes this record. */
export const turnKey = "turn";

/** What the sessions of a run have spent so far, this moment's included; undefined where none has kept a sheet. */
export async function readBalance(place: SheetPlace): Promise<Balance | undefined> {
  const sheets = await readSheets(place);
  return sheets.size === 0 ? undefined : balanceOf([...sheets.values()]);
}

/** The sheets of other sessions than the one of this key, as they were read last. */
export interface OtherSheets {
  sheets: Map<string, Sheet>;
  /** Reads them. Gives what must not have changed when a reservation is made by them. */
  read(): Promise<Expectation>;
}

export function createOtherSheets(place: SheetPlace, key: string): OtherSheets {
  const others: OtherSheets = {
    sheets: new Map(),
    async read() {
      let version: Expectation[1] = "absent";
      const space = attemptSpace(place.family, place.run);
      const found = await place.store.get(space, [turnKey], (damage) => ({ version } = damage));
      // In this order: what is reserved in between is noticed.
      others.sheets = await readSheets(place);
      others.sheets.delete(key);
      return [turnKey, found.get(turnKey)?.version ?? version];
    },
  };
  return others;
}

export function putsOf(
  sheets: ReadonlyArray<readonly [key: string, sheet: Sheet | undefined]>,
): Record<string, string> {
  return Object.fromEntries(sheets.map(([key, sheet]) => [key, canonicalJson(sheet)]));
}

/** The sheet with the cost of a call in place of its reservation. */
export function settledIn(sheet: Sheet, { call, role, cost }: { call: Hash; role: Role; cost: Charge | null }): Sheet {
  const { [call]: most, ...reserved } = sheet.reserved;
  if (cost === null) return { ...sheet, reserved };
  const usage = { ...sheet.usage, [role]: counted(sheet.usage, role, cost) };
  return { ...sheet, reserved, usage, lost: sheet.lost + unsettled(most, cost) };
}

/** What stays reserved beside an estimate: the call may have cost all of it. */
export function unsettled(reserved: number | undefined, { usd, isEstimated }: Charge): number {
  return isEstimated === true ? Math.max(0, (reserved ?? 0) - usd) : 0;
}

export function counted(usage: RoleUsage, role: Role, cost: Cost) {
  return { calls: usage[role].calls + 1, ...sumCosts(usage[role], cost) };
}

/** In US dollars, with what was reserved and never settled: it may have been paid. */
export function spentOf({ usage, reserved, lost }: Sheet): number {
  return usdOf(usage) + lost + Object.values(reserved).reduce((sum, usd) => sum + usd, 0);
}

export function balanceOf(sheets: readonly Sheet[]): Balance {
  return sheets.reduce<Balance>(
    (sum, { seconds, executions, usage }) => ({
      seconds: sum.seconds + seconds,
      executions: sum.executions + executions,
      usage: sumUsage(sum.usage, usage),
    }),
    { seconds: 0, executions: 0, usage: noUsage },
  );
}

async function readSheets({ store, family, run }: SheetPlace): Promise<Map<string, Sheet>> {
  const records = await store.list(attemptSpace(family, run), under(sheetPrefix), ({ key, space, url }) =>
    store.warnings.add(
      `The record of what a session has spent ("${key}" of "${space}" in ${url}) is damaged; the amount is lost.`,
    ),
  );
  return new Map(records.map(({ key, value }) => [key, Sheet.parse(JSON.parse(value))]));
}
