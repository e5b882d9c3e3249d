import { BudgetError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { Role } from "../../state/usage.ts";
import type { BoundTrial } from "./bound-trial.ts";
import { dollars, slack } from "./dollars.ts";

/** What calls under way may cost at most, in US dollars. */
export interface Reservations {
  /** Waits until the call fits beside those under way, and takes its place in the same turn. */
  take(request: Request): Promise<void>;
  /** Gives back what was reserved for a call, if anything was, and lets those go on that wait. */
  free(call: Hash): number | undefined;
}

export interface Request {
  call: Hash;
  role: Role;
  limit: number;
  /** The most the call may cost; 0 where nobody says. */
  most: number;
  spent(): number;
}

/** `reserved` is kept up to date, as it is part of what is stored. */
export function createReservations(reserved: Record<Hash, number>, trial: BoundTrial): Reservations {
  const waiting: Array<() => void> = [];

  return {
    async take({ call, role, limit, most, spent }) {
      const mayGo = () => most === 0 || trial.mayGo(role);
      const fits = () => (most > 0 ? spent() + most <= limit + slack : spent() < limit - slack);
      while (!mayGo() || !fits()) {
        // Nothing is under way that could still come out cheaper.
        if (Object.keys(reserved).length === 0) throw overBudget(limit, spent(), most);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      if (most === 0) return;
      reserved[call] = most;
      trial.begin(role, call);
    },
    free(call) {
      const most = reserved[call];
      delete reserved[call];
      trial.end(call);
      for (const goOn of waiting.splice(0)) goOn();
      return most;
    },
  };
}

function overBudget(limit: number, spent: number, next: number): BudgetError {
  const more = next > 0 ? `, the next call may cost ${dollars(next)}` : "";
  return new BudgetError(
    `budget of ${dollars(limit)}: ${dollars(spent)} spent${more}. Continue with a larger one: --budget-usd, in code limits.usd.`,
  );
}
