import { adopt, type Adoption } from "../../runs/keeping/adopt.ts";
import { confirm } from "../terminal/confirm.ts";
import { exitCodes } from "../terminal/failure.ts";
import { openStoreFor } from "../parts/store.ts";

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
      if (json !== true) process.stdout.write(plan.diff);
      return confirm(question(plan), { yes });
    },
  }).finally(close);
  if (json === true) process.stdout.write(`${JSON.stringify(adoption)}\n`);
  const { adopted, place, written, deleted } = adoption;
  const what = [...written, ...deleted.map((file) => `${file} (deleted)`)].join(", ");
  if (!adopted) process.stderr.write("Nothing was written.\n");
  else if (what === "") process.stderr.write(`${place} is as the best of run ${adoption.run} has it; nothing to do.\n`);
  else process.stderr.write(`${place}: ${what}\n`);
  return adopted ? exitCodes.finished : exitCodes.failure;
}

function question({ place, changed }: Adoption): string {
  const over = changed.length === 0 ? "" : `, over what has changed there in ${changed.join(", ")}`;
  return `Write this to ${place}${over}?`;
}
