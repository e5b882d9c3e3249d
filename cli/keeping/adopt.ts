import { adopt, type Adoption } from "../../runs/keeping/adopt.ts";
import { counted } from "../../runs/words.ts";
import { unseenIn } from "../../skills/unseen.ts";
import { stderrColors as pc } from "../terminal/colors.ts";
import { confirm } from "../terminal/confirm.ts";
import { exitCodes } from "../terminal/failure.ts";
import { openStoreFor } from "../parts/store.ts";
import { print, printJson, tell } from "../terminal/door.ts";

export interface AdoptFlags {
  store: string;
  to?: string;
  force: boolean;
  yes: boolean;
  json?: boolean;
}

/** Shows what would change and, after a yes, writes it; 1 where there was none. */
export async function adoptCommand(run: string, { store: url, to, force, yes, json }: AdoptFlags): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const adoption = await adopt(run, {
    store,
    to,
    force,
    confirm(plan) {
      if (json !== true) print(plan.diff);
      warnOfUnseen(plan);
      return confirm(question(plan), { yes });
    },
  }).finally(close);
  if (json === true) printJson(adoption);
  const { adopted, place, written, deleted } = adoption;
  const what = [...written, ...deleted.map((file) => `${file} (deleted)`)].join(", ");
  if (!adopted) tell("Nothing was written.\n");
  else if (what === "")
    tell(`${place} is already identical to the best skill of run ${adoption.run}; nothing to do.\n`);
  else tell(`${place}: ${what}\n`);
  return adopted ? exitCodes.finished : exitCodes.failure;
}

/** Before the question: a yes is to what is seen. */
function warnOfUnseen({ place, changed, diff }: Adoption): void {
  const stays = diff.split("\n").filter((line) => !line.startsWith("-"));
  const { count, codes } = unseenIn([place, ...changed, ...stays].join("\n"));
  if (count === 0) return;
  const listed = codes.length > 10 ? `${codes.slice(0, 10).join(", ")} and others` : codes.join(", ");
  tell(
    `${pc.yellow("warning")} The text to be written contains ${counted(count, "invisible character")} (${listed}), shown by code above; check the text around them before you confirm.\n`,
  );
}

function question({ place, changed }: Adoption): string {
  const over = changed.length === 0 ? "" : `, overwriting the changes in ${changed.join(", ")}`;
  return `Write this to ${place}${over}?`;
}
