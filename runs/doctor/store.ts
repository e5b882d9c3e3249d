import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { StoreError } from "../../state/errors.ts";
import { openStore } from "../../stores/open.ts";
import { withoutPassword } from "../../stores/drivers/redis-url.ts";
import { ok, problem, warning, type Check } from "./check.ts";

/** Whether the store opens, and what it risks. Makes none where there is none yet. */
export async function checkStore(url: string): Promise<Check[]> {
  const path = url.startsWith("file:") && !url.startsWith("file://") ? resolve(url.slice("file:".length)) : undefined;
  if (url === "memory:") return [warning("store", "memory: loses all runs when the process ends.", "Use file:PATH.")];
  if (path !== undefined && !existsSync(path)) return [checkPlace(url, path)];
  const store = await openStore(url, { create: false }).catch((error: unknown) => {
    if (error instanceof StoreError && error.message.startsWith("There is no store at")) return undefined;
    throw error;
  });
  if (store === undefined)
    return [ok("store", `${withoutPassword(url)} is reachable; the first run creates the store`)];
  const risks = store.warnings.all().map((text) => warning("store", text));
  await store.close();
  return [ok("store", `${store.url} can be opened`), ...risks];
}

/** Where a file will be made, the nearest thing that is there must be a folder that can be written. */
function checkPlace(url: string, path: string): Check {
  let nearest = dirname(path);
  while (!existsSync(nearest)) nearest = dirname(nearest);
  if (isWritableFolder(nearest)) return ok("store", `${url} does not exist yet; the first run creates it`);
  const advice = "Make that folder writable, or use another path.";
  return problem("store", `${url} cannot be created: ${nearest} is not a writable folder.`, advice);
}

function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
