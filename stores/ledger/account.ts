import { randomUUID } from "node:crypto";
import { BudgetError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { Cost } from "../../state/task.ts";
import { noLimits, noUsage, type Limits, type Role } from "../../state/usage.ts";
import { systemClock, type Clock } from "../lease/clock.ts";
import type { RecordStore, SpaceCommit } from "../record-store.ts";
import { attemptSpace } from "../spaces.ts";
import { createBoundTrial } from "./bound-trial.ts";
import { dollars } from "./dollars.ts";
import type { Change, GroupCommit } from "./group-commit.ts";
import { createReservations } from "./reservations.ts";
import { createReserving } from "./reserving.ts";
import {
  balanceOf,
  counted,
  createOtherSheets,
  putsOf,
  settledIn,
  sheetPrefix,
  spentOf,
  unsettled,
  type Balance,
  type Charge,
  type Sheet,
  type SheetPlace,
} from "./sheets.ts";

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
  /** Reads what others spend for the run meanwhile. */
  refresh(): Promise<void>;
  /**
   * Before a call: where there is a limit in US dollars, waits until the call fits beside those under way, and reserves
   * the most it may cost, durably. Throws a BudgetError where it does not fit though nothing is under way. Gives nothing where there is
   * nothing to wait for.
   */
  reserve(call: Hash, terms: Terms | undefined): Promise<void> | undefined;
  /**
   * After a call: its cost in place of its reservation; null where its own calls were counted. Where the cost is an estimate,
   * what was reserved beyond it stays reserved. Without a cost it came to nothing, and counts as its bound unless it is
   * known to be free. Gives what is to be stored with its answer.
   */
  settle(call: Hash, terms: Terms | undefined, cost: Charge | null | "lost" | "free"): Change | undefined;
  /** Once an answer is stored: throws a BudgetError where, under a limit, a call cost more than the most that was declared. */
  check(): void;
  /** An answer was found in the store: settles what an earlier session has reserved for it. */
  reconcile(call: Hash, terms: Terms, costOf: () => Charge | null): void;
  /** Writes the sheet at the end of the session. */
  close(): Promise<void>;
}

/** Who else spends for the run meanwhile: this is a worker of it, or the run itself with workers. */
type Sharing = "worker" | "run";

interface AccountNeeds extends SheetPlace {
  commit: GroupCommit;
  sharing?: Sharing | undefined;
  clock?: Clock;
}

export function createAccount({ commit, sharing, clock = systemClock, ...place }: AccountNeeds): Account {
  const space = attemptSpace(place.family, place.run);
  const key = `${sheetPrefix}${randomUUID()}`;
  const startedAt = performance.now();
  const own: Sheet = { seconds: 0, executions: 0, usage: noUsage, reserved: {}, lost: 0 };
  const changed = new Set<string>();
  const trial = createBoundTrial();
  const reservations = createReservations(own.reserved, trial);
  const others = createOtherSheets(place, key);
  const shared = sharing === undefined ? undefined : others;
  const reserve = createReserving({ reservations, commit, written, others: shared, clock });
  let limits = noLimits;
  let concurrency = 1;

  // A worker works while the run waits.
  const secondsNow = () => (sharing === "worker" ? 0 : secondsSince(startedAt));
  const all = () => [{ ...own, seconds: secondsNow() }, ...others.sheets.values()];
  const spent = () => all().reduce((sum, sheet) => sum + spentOf(sheet), 0);

  /** The sheets to store now, as they are now. As a change of a group commit, they are written once for all calls in it. */
  function written(): SpaceCommit & { put: Record<string, string> } {
    own.seconds = secondsNow();
    const names = [...changed];
    changed.clear();
    return { space, put: putsOf([[key, own], ...names.map((name) => [name, others.sheets.get(name)] as const)]) };
  }

  return {
    async open(from) {
      ({ limits, concurrency } = from);
      await others.read();
    },
    balance: () => balanceOf(all()),
    refresh: async () => void (await shared?.read()),
    reserve(call, terms) {
      own.executions += 1;
      const { usd: limit } = limits;
      if (limit === null || terms === undefined || terms.isCovered === true) return undefined;
      return reserve({ call, role: terms.role, limit, most: mostOf(limit, terms), spent });
    },
    settle(call, terms, cost) {
      // The run reads of a worker only what is written.
      if (terms === undefined) return limits.minutes === null && sharing !== "worker" ? undefined : written;
      const { role, bound } = terms;
      const reserved = reservations.free(call);
      own.lost += terms.wasted?.() ?? 0;
      if (cost === "lost") own.lost += reserved ?? 0;
      // Others may have read of a reservation that came to nothing, and of a worker nothing else tells how much it has done.
      const isTold = reserved !== undefined || sharing !== undefined;
      if (cost === null || cost === "lost" || cost === "free") return isTold ? written : undefined;
      own.usage = { ...own.usage, [role]: counted(own.usage, role, cost) };
      own.lost += unsettled(reserved, cost);
      if (limits.usd !== null) trial.look(limits.usd, terms, cost);
      if (limits.usd !== null && bound === undefined && cost.usd > 0) warnOfNoBound(place.store, role, concurrency);
      return written;
    },
    check: trial.refuse,
    reconcile(call, { role }, costOf) {
      const found = [...others.sheets].find(([, { reserved }]) => call in reserved);
      // A sheet of somebody at work is not ours to write; that of a dead one counts as spent.
      if (found === undefined || sharing !== undefined) return;
      others.sheets.set(found[0], settledIn(found[1], { call, role, cost: costOf() }));
      changed.add(found[0]);
    },
    close: async () => void (await commit(written)),
  };
}

function secondsSince(start: number): number {
  return Math.round(performance.now() - start) / 1000;
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
