import { evidenceOf } from "../../tests/support/gate/evidence.ts";
import { acceptances } from "./gates.ts";
import { createRandom } from "./random.ts";
import { baseRate } from "./world.ts";

interface Even {
  runs: number;
  tasks: number;
  /** Share of the pairs whose outcomes differ, half of them either way. */
  discordance: number;
}

/** How often a gate accepts what is no better: the outcomes of the same program again, of which a share differs by chance. */
export function evenAcceptance(name: string, { runs, tasks, discordance }: Even): number {
  const acceptance = acceptances[name];
  if (acceptance === undefined) throw new Error(`No acceptance "${name}".`);
  let accepted = 0;
  for (let seed = 0; seed < runs; seed += 1) {
    const { uniform } = createRandom(seed, `even ${discordance}`);
    const other = Array.from({ length: tasks }, () => (uniform() < baseRate ? 1 : 0));
    const turns = other.map((score) => uniform() < discordance / 2 / (score === 1 ? baseRate : 1 - baseRate));
    const plan = acceptance.plan([...other], uniform).tasks;
    const candidate = plan.map((task) => Math.abs((other[task] as number) - (turns[task] === true ? 1 : 0)));
    const evidence = evidenceOf(
      candidate,
      plan.map((task) => other[task] as number),
    );
    if (acceptance.decide(evidence).accepted) accepted += 1;
  }
  return accepted / runs;
}
