import { draw } from "../../state/draw.ts";
import { leftIn, newTemporary, openHostTrial } from "../../tests/support/host/host-faults.ts";
import { meetStoreFault, storeFaults } from "../../tests/support/host/store-faults.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";

export const hostFaults: Trial = {
  id: "T9",
  name: "host-faults",
  what: "each error of the host at each place where a run with a command agent, a command verifier and files asks it for something, and each error of SQLite at drawn statements, until the run stops",
  async run({ share, folder, progress }): Promise<Finding> {
    const before = process.env["TMPDIR"];
    const temporary = newTemporary(folder);
    process.env["TMPDIR"] = temporary;
    const trial = await openHostTrial(folder);
    const counts = { paused: 0, refused: 0, unaffected: 0 };
    const problems: string[] = [];
    const order = trial.faults.map((fault, index) => ({ ...fault, at: draw(29, index, "order", 0) }));
    const chosen = order.toSorted((left, right) => left.at - right.at).slice(0, shareOf(order.length, share));
    const statements = shareOf(40, share) * storeFaults.length;
    try {
      for (const [index, { site, code }] of chosen.entries()) {
        const found = await trial.meet(site, code);
        counts[found.outcome] += 1;
        problems.push(...found.problems.map((problem) => `${code}, ${site}: ${problem}`));
        progress(index + 1, chosen.length + statements);
      }
      for (let index = 0; index < statements; index += 1) {
        const found = await meetStoreFault(index, folder);
        counts[found.outcome] += 1;
        problems.push(...found.problems);
        progress(chosen.length + index + 1, chosen.length + statements);
      }
    } finally {
      trial.close();
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
    const left = leftIn(temporary).length;
    if (left > 2) problems.push(`${left} folders and notes are left in the temporary folder`);
    const figures = {
      "places where the host is asked": `${trial.sites.length}`,
      "errors met": `${chosen.length + statements}`,
      "paused or refused, naming the place": `${counts.paused + counts.refused}`,
      "gone on, as nothing depends on it": `${counts.unaffected}`,
      "the same digest after it": `${chosen.length + statements - problems.length} of ${chosen.length + statements}`,
    };
    return { figures, problems };
  },
};
