import { join } from "node:path";
import { searchForCanary } from "../../tests/support/canary.ts";
import { runPoisoned } from "../../tests/support/durability/poison.ts";
import type { Finding, Trial } from "./trial.ts";

export const poison: Trial = {
  id: "T13",
  name: "poison",
  what: "a task that ends the process each time it is tried, in a run that is started again until it ends",
  async run({ folder }): Promise<Finding> {
    const { deaths, attempts, result } = runPoisoned(join(folder, "runs.db"));
    const problems = [
      ...(deaths === 4 && attempts === 4 ? [] : [`${attempts} attempts ended the process ${deaths} times`]),
      ...(result.held.length === 1 ? [] : [`${result.held.length} tasks are held`]),
      ...(result.status === "finished" ? [] : [`the run is ${result.status}`]),
    ];
    const figures = {
      "processes ended by it": `${deaths}`,
      held: `${result.held.length} task, with its reason`,
      "the run": result.status,
    };
    return { figures, problems };
  },
};

export const secrets: Trial = {
  id: "T18",
  name: "secrets",
  what: "a key that the server quotes in its errors, as it is and in base64; all that commands print and write is searched",
  async run({ folder }): Promise<Finding> {
    const { commands, quoted, searched, leaks } = await searchForCanary(folder);
    const bytes = Object.values(searched).reduce((sum, size) => sum + size, 0);
    const figures = {
      commands: `${commands.length}`,
      "answers that quoted the key": `${quoted}`,
      searched: `${Object.keys(searched).length} outputs and files, ${Math.round(bytes / 1000)} kB`,
      "found in": `${leaks.length} of them`,
    };
    return { figures, problems: leaks.map((place) => `the key is in: ${place}`) };
  },
};
