import { mergeRuns, type MergedRuns } from "../../runs/keeping/merge.ts";
import { openStoreFor } from "../parts/store.ts";
import { print, printJson, tell } from "../terminal/door.ts";
import { stderrColors as pc, stdoutColors } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/failure.ts";
import { table } from "../terminal/table.ts";

export interface MergeFlags {
  store: string;
  folder?: string;
  json?: boolean;
}

/** Shows which skill comes from which run, and writes them where a folder is given. */
export async function mergeCommand(runs: string[], { store: url, folder, json }: MergeFlags): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const merged = await mergeRuns(runs, { store, folder }).finally(close);
  const { skills: _, ...shown } = merged;
  if (json === true) printJson(shown);
  else describe(merged, folder);
  return exitCodes.finished;
}

function describe({ sources, isComparable, taken, leftOut, files }: MergedRuns, folder: string | undefined): void {
  const scores = sources.map(({ from, score }) => `${from} ${score === null ? "not measured" : score.toFixed(3)}`);
  print(`${stdoutColors.dim("validation scores")} ${scores.join(", ")}\n\n`);
  const rows = taken.map(({ skill, from, same }) => [skill, from, same.join(", ")]);
  print(table([["skill", "from", "also in"], ...rows], { left: 3 }));
  for (const { skill, from, because, taken: kept } of leftOut) {
    const why = because === "name" ? "another text with the name of" : "the same text as";
    print(`not taken: ${skill} of ${from}, ${why} ${kept.skill} of ${kept.from}\n`);
  }
  if (!isComparable)
    tell(`${pc.yellow("warning")} The runs have different validation tasks, so their scores are not comparable.\n`);
  if (folder === undefined) tell("Nothing was written. Give --folder DIR to write the merged skills.\n");
  else
    tell(
      `Wrote ${files.map((file) => `${folder}/${file}`).join(", ")}. Score them with: skillgraph evaluate --skill ${folder} --tasks ...\n`,
    );
}
