import { BudgetError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import type { Role } from "../../state/usage.ts";
import { dollars, slack } from "./dollars.ts";
import type { Terms } from "./account.ts";
import type { Charge } from "./sheets.ts";

/** Our count of tokens is not the server's: an estimate must be this much above what was declared. */
const estimateSlack = 1.5;

/**
 * Whether calls cost no more than was declared of them. The first call of each role goes alone, so that a server that does not
 * keep to what it was told is found out at the price of one call and not of all in flight.
 */
export interface BoundTrial {
  /** Whether a call with a bound may go now; throws a BudgetError once one has cost more than its own. */
  mayGo(role: Role): boolean;
  begin(role: Role, call: Hash): void;
  /** What the call has cost; without it, it showed nothing. */
  end(call: Hash): void;
  look(limit: number, terms: Terms, cost: Charge): void;
  /** Throws where a call has cost more than its bound. */
  refuse(): void;
}

export function createBoundTrial(): BoundTrial {
  const tried = new Set<Role>();
  const trying = new Map<Role, Hash>();
  let broken: BudgetError | undefined;

  function refuse(): void {
    if (broken !== undefined) throw broken;
  }

  return {
    refuse,
    mayGo(role) {
      refuse();
      return tried.has(role) || !trying.has(role);
    },
    begin(role, call) {
      if (!tried.has(role)) trying.set(role, call);
    },
    end(call) {
      for (const [role, first] of trying) if (first === call) trying.delete(role);
    },
    look(limit, { role, bound }, cost) {
      if (bound === undefined) return;
      const bearable = cost.isEstimated === true ? estimateSlack * bound.usd : bound.usd;
      if (cost.usd > bearable + slack) broken ??= overBound({ limit, role, most: bound.usd, cost: cost.usd });
      else tried.add(role);
    },
  };
}

function overBound({
  limit,
  role,
  most,
  cost,
}: {
  limit: number;
  role: Role;
  most: number;
  cost: number;
}): BudgetError {
  return new BudgetError(
    `budget of ${dollars(limit)}: a call of the ${role} cost ${dollars(cost)}, more than its declared maximum of ${dollars(most)}, so the budget cannot be guaranteed. ` +
      "The answer is kept. For a model, its server ignores max-tokens: try another token-field (doctor --call shows which one it accepts), or raise max-tokens to what it really uses. " +
      "For an agent that declares a bound, raise the bound. Then resume.",
  );
}
