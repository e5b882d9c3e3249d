import { readSkillUses, type SkillUses } from "../../runs/reading/skill-use.ts";
import { grouped, scoreText } from "../../runs/words.ts";
import { openStoreFor } from "../parts/store.ts";
import { print, printJson } from "../terminal/door.ts";
import { exitCodes } from "../terminal/failure.ts";
import { table } from "../terminal/table.ts";

/** Prints in how many rollouts each skill was visible and used. */
export async function showSkills(
  name: string,
  { store: url, json }: { store: string; json?: boolean },
): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const uses = await readSkillUses(name, { store }).finally(close);
  if (json === true) printJson(uses);
  else print(describe(uses));
  return exitCodes.finished;
}

function describe({ rollouts, skills }: SkillUses): string {
  const rows = skills.map(({ skill, standing, visible, used, failed }) => [
    skill,
    standing,
    grouped(visible),
    grouped(used),
    scoreText(failed),
  ]);
  const head = ["skill", "", "visible", "used", "failed"];
  return `${grouped(rollouts)} train and validation rollouts with an answer\n\n${table([head, ...rows], { left: 2 })}`;
}
