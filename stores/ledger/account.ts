import { randomUUID } from "node:crypto";
import { z } from "zod";
import { BudgetError } from "../../state/errors.ts";
import { canonicalJson, Hash } from "../../state/json.ts";
import type { Cost } from "../../state/task.ts";
import { noLimits, noUsage, RoleUsage, sumCosts, sumUsage, usdOf, type Limits, type Role } from "../../state/usage.ts";
import { createBoundTrial } from "./bound-trial.ts";
import { dollars } from "./dollars.ts";
import type { GroupCommit } from "./group-commit.ts";
import { createReservations } from "./reservations.ts";
import { under, type RecordStore, type SpaceCommit } from "../record-store.ts";
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
type Sheet = z.infer<typeof Sheet>;

/** All sessions of a run together. */
export interface Balance {
  seconds: number;
  executions: number;
  usage: RoleUsage;
}

/** What a call cost; an estimate where nobody reported it. */
export type Charge = Cost & { isEstimated?: boolean };

/**
 * Who pays, and the most it may cost. `isCovered` where the work around has reserved for all of its calls; `unpriced` names
 * what is asked where nobody knows its price.
 */
export interface Terms {
  role: Role;
  bound?: Cost | undefined;
  isCovered?: boolean;
  unpriced?: string | undefined;
  /** US dollars of attempts that came to nothing, beside what the call costs itself. */
  wasted?(): number;
}

/**
 * What a run has really spent, over all of its sessions, and what it may. Each session keeps a sheet of its own, which is
 * written together with the answers it is about, so that a session that was killed has lost nothing that is stored, and
 * two that overlap do not overwrite each other.
 */
export interface Account {
  /** Reads the sheets of earlier sessions. To be called before the first call. */
  open(from: { limits: Limits; concurrency: number }): Promise<void>;
  balance(): Balance;
  /**
   * Before a call: where there is a limit in US dollars, waits until the call fits beside those under way, and reserves
   * the most it may cost, durably. Throws a BudgetError where it does not fit though nothing is under way.
   */
  reserve(call: Hash, terms: Terms | undefined): Promise<void>;
  /**
   * After a call: its cost in place of its reservation; null where its own calls were counted. Where the cost is an estimate,
   * what was reserved beyond it stays reserved. Without a cost it came to nothing, and counts as its bound unless it is
   * known to be free. Gives what is to be stored with its answer.
   */
  settle(call: Hash, terms: Terms | undefined, cost: Charge | null | "lost" | "free"): SpaceCommit | undefined;
  /** Once an answer is stored: throws a BudgetError where, under a limit, a call cost more than the most that was declared. */
  check(): void;
  /** An answer was found in the store: settles what an earlier session has reserved for it. */
  reconcile(call: Hash, terms: Terms, costOf: () => Charge | null): void;
  /** Writes the sheet at the end of the session. */
  close(): Promise<void>;
}

interface Place {
  store: RecordStore;
  family: string;
  run: string;
}

const sheetPrefix = "session/";

/** What the sessions of a run have spent so far, this moment's included; undefined where none has kept a sheet. */
export async function readBalance(place: Place): Promise<Balance | undefined> {
  const sheets = await readSheets(place);
  return sheets.size === 0 ? undefined : balanceOf([...sheets.values()]);
}

export function createAccount({ commit, ...place }: Place & { commit: GroupCommit }): Account {
  const space = attemptSpace(place.family, place.run);
  const key = `${sheetPrefix}${randomUUID()}`;
  const startedAt = performance.now();
  const own: Sheet = { seconds: 0, executions: 0, usage: noUsage, reserved: {}, lost: 0 };
  const changed = new Set<string>();
  const trial = createBoundTrial();
  const reservations = createReservations(own.reserved, trial);
  let earlier = new Map<string, Sheet>();
  let limits = noLimits;
  let concurrency = 1;

  const spent = () => [own, ...earlier.values()].reduce((sum, sheet) => sum + spentOf(sheet), 0);

  /** The sheets to store now, as they are now. */
  function written(): SpaceCommit {
    own.seconds = secondsSince(startedAt);
    const names = [...changed];
    changed.clear();
    return { space, put: putsOf([[key, own], ...names.map((name) => [name, earlier.get(name)] as const)]) };
  }

  return {
    async open(from) {
      ({ limits, concurrency } = from);
      earlier = await readSheets(place);
    },
    balance: () => balanceOf([{ ...own, seconds: secondsSince(startedAt) }, ...earlier.values()]),
    async reserve(call, terms) {
      own.executions += 1;
      const { usd: limit } = limits;
      if (limit === null || terms === undefined || terms.isCovered === true) return;
      const most = mostOf(limit, terms);
      await reservations.take({ call, role: terms.role, limit, most, spent });
      if (most === 0) return;
      await commit(written()).catch((error: unknown) => {
        reservations.free(call);
        throw error;
      });
    },
    settle(call, terms, cost) {
      if (terms === undefined) return limits.minutes === null ? undefined : written();
      const { role, bound } = terms;
      const reserved = reservations.free(call);
      own.lost += terms.wasted?.() ?? 0;
      if (cost === "lost") own.lost += reserved ?? 0;
      if (cost === null || cost === "lost" || cost === "free") return reserved === undefined ? undefined : written();
      own.usage = { ...own.usage, [role]: counted(own.usage, role, cost) };
      own.lost += unsettled(reserved, cost);
      if (limits.usd !== null) trial.look(limits.usd, terms, cost);
      if (limits.usd !== null && bound === undefined && cost.usd > 0) warnOfNoBound(place.store, role, concurrency);
      return written();
    },
    check: trial.refuse,
    reconcile(call, { role }, costOf) {
      const found = [...earlier].find(([, { reserved }]) => call in reserved);
      if (found === undefined) return;
      earlier.set(found[0], settledIn(found[1], { call, role, cost: costOf() }));
      changed.add(found[0]);
    },
    close: async () => void (await commit(written())),
  };
}

function secondsSince(start: number): number {
  return Math.round(performance.now() - start) / 1000;
}

function putsOf(sheets: ReadonlyArray<readonly [key: string, sheet: Sheet | undefined]>): Record<string, string> {
  return Object.fromEntries(sheets.map(([key, sheet]) => [key, canonicalJson(sheet)]));
}

/** The sheet with the cost of a call in place of its reservation. */
function settledIn(sheet: Sheet, { call, role, cost }: { call: Hash; role: Role; cost: Charge | null }): Sheet {
  const { [call]: most, ...reserved } = sheet.reserved;
  if (cost === null) return { ...sheet, reserved };
  const usage = { ...sheet.usage, [role]: counted(sheet.usage, role, cost) };
  return { ...sheet, reserved, usage, lost: sheet.lost + unsettled(most, cost) };
}

/** What stays reserved beside an estimate: the call may have cost all of it. */
function unsettled(reserved: number | undefined, { usd, isEstimated }: Charge): number {
  return isEstimated === true ? Math.max(0, (reserved ?? 0) - usd) : 0;
}

function counted(usage: RoleUsage, role: Role, cost: Cost) {
  return { calls: usage[role].calls + 1, ...sumCosts(usage[role], cost) };
}

/** In US dollars, with what was reserved and never settled: it may have been paid. */
function spentOf({ usage, reserved, lost }: Sheet): number {
  return usdOf(usage) + lost + Object.values(reserved).reduce((sum, usd) => sum + usd, 0);
}

function balanceOf(sheets: readonly Sheet[]): Balance {
  return sheets.reduce<Balance>(
    (sum, { seconds, executions, usage }) => ({
      seconds: sum.seconds + seconds,
      executions: sum.executions + executions,
      usage: sumUsage(sum.usage, usage),
    }),
    { seconds: 0, executions: 0, usage: noUsage },
  );
}

async function readSheets({ store, family, run }: Place): Promise<Map<string, Sheet>> {
  const records = await store.list(attemptSpace(family, run), under(sheetPrefix), ({ key, space, url }) =>
    store.warnings.add(
      `The record of what a session has spent ("${key}" of "${space}" in ${url}) is damaged; the amount is lost.`,
    ),
  );
  return new Map(records.map(({ key, value }) => [key, Sheet.parse(JSON.parse(value))]));
}

/** The most that a call may cost; 0 where nobody says. */
function mostOf(limit: number, { bound, unpriced }: Terms): number {
  if (unpriced !== undefined) throw unpricedUnder(limit, unpriced);
  return bound?.usd ?? 0;
}

function unpricedUnder(limit: number, model: string): BudgetError {
  return new BudgetError(
    `budget of ${dollars(limit)}: the price of model ${model} is unknown, so the cost of a call is unknown. ` +
      "Set price=IN/OUT in the model's settings, in US dollars per million tokens (price=0/0 if it is free), or add the model to the file in SKILLGRAPH_PRICES. Then resume.",
  );
}

function warnOfNoBound({ warnings }: RecordStore, role: Role, concurrency: number): void {
  warnings.add(
    `The ${role} declares no maximum cost of a call, so the budget may be exceeded by up to ${concurrency} x one call.`,
  );
}
