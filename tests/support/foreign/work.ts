import { withCalls } from "../../../models/calls.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";

/** Does a piece of work that calls models, over a ledger of its own. */
export async function alone<Value>(work: () => Promise<Value>): Promise<Value> {
  const ledger = createLedger({ store: createMemoryStore(), family: "foreign", run: "foreign" });
  const { signal } = new AbortController();
  return (await withCalls({ name: () => "foreign", ledger, signal, tell: () => undefined }, work)).value;
}
