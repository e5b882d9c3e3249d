import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { draw } from "../../../state/draw.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { acknowledged, buryOwner, nodeAtWork, paidAgain, runUntilDeath, type Setup } from "./crashes.ts";
import type { Death } from "./mortal-store.ts";
import type { TestStore } from "../stores.ts";
import { executionsIn } from "../world.ts";

export interface KillPoints {
  deaths: number;
  /** Nodes that were at work, and how often. */
  nodes: Map<string, number>;
  paidAgain: number;
  /** Deaths after which the run ended in another result. */
  different: number;
  problems: string[];
}

interface Place {
  setup: Setup;
  open(): TestStore;
  folder: string;
  /** One death in so many writes, at a drawn one of them, before or after it; 0.5 is every write, before and after. */
  stride: number;
  /** These of the deaths, where several places have them among themselves: each the one after the other; by default all. */
  turn?: { at: number; of: number };
  /** Only deaths within so many writes of the end; by default all. */
  last?: number;
}

/** Lets the store die at writes of a run, resumes it, and compares with the run that nothing happened to. */
export async function killAtWrites({ setup, open, folder, stride, turn, last = Infinity }: Place): Promise<KillPoints> {
  const whole = await undisturbed(setup, folder);
  const found: KillPoints = { deaths: 0, nodes: new Map(), paidAgain: 0, different: 0, problems: [] };
  const deaths = deathsOf(whole.commits, stride).filter(({ atCommit }) => atCommit > whole.commits - last);
  for (const death of inTurn(deaths, turn)) {
    const { store, dispose } = open();
    const witness = newWitness(folder, `${death.when}-${death.atCommit}`);
    const died = await runUntilDeath(store, witness, { death, setup });
    const node = await nodeAtWork(store, setup);
    const place = `death ${death.when} write ${death.atCommit}, in ${node}`;
    const [calls, kept] = [executionsIn(witness).length, await acknowledged(store, witness)];
    await buryOwner(store);
    const isDeath = died.result === undefined;
    const { result } = isDeath ? await runUntilDeath(store, witness, { setup }) : died;
    // A heartbeat is a write too, and there may have been one more in the run that was not disturbed.
    if (!isDeath && died.commits >= death.atCommit) found.problems.push(`${place}: nothing died`);
    found.deaths += isDeath ? 1 : 0;
    found.nodes.set(node, (found.nodes.get(node) ?? 0) + 1);
    const again = paidAgain(witness, calls, kept).length;
    found.paidAgain += again;
    if (again > 0) found.problems.push(`${place}: ${again} acknowledged calls paid again`);
    if (result?.status !== "finished") found.problems.push(`${place}: ${result?.status}`);
    if (result?.digest !== whole.result?.digest) {
      found.different += 1;
      found.problems.push(`${place}: another result`);
    }
    await dispose();
  }
  return found;
}

const known = new Map<string, ReturnType<typeof runUntilDeath>>();

/** The run that nothing happens to: one for all stores, as the digest does not depend on them. */
function undisturbed(setup: Setup, folder: string): ReturnType<typeof runUntilDeath> {
  const name = `${setup.run.name}, ${setup.gate}`;
  const run = known.get(name) ?? runUntilDeath(createMemoryStore(), newWitness(folder, "whole"), { setup });
  known.set(name, run);
  return run;
}

/** Where a store dies: at one in `stride` of so many writes, before or after it; 0.5 is every write, before and after. */
export function deathsOf(commits: number, stride: number): Array<Pick<Death, "atCommit" | "when">> {
  const times = ["before", "after"] as const;
  if (stride < 1) {
    return Array.from({ length: commits }, (_, index) => times.map((when) => ({ atCommit: index + 1, when }))).flat();
  }
  return Array.from({ length: Math.ceil(commits / stride) }, (_, index) => {
    const first = index * stride + 1;
    const atCommit = Math.min(commits, first + Math.floor(draw(1, first, "kill-point", 0) * stride));
    return { atCommit, when: times[draw(1, first, "kill-point", 1) < 0.5 ? 0 : 1] };
  });
}

/** Who would have none, as there are fewer than places, has one that another place has too. */
function inTurn<Item>(items: readonly Item[], { at, of } = { at: 0, of: 1 }): Item[] {
  const places = Math.min(of, items.length);
  return items.filter((_, index) => index % places === at % places);
}

export function newWitness(folder: string, name: string): string {
  const file = join(folder, name);
  writeFileSync(file, "");
  return file;
}
