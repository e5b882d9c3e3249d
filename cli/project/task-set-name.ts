import { basename, extname, resolve } from "node:path";
import { nameFrom } from "../../skills/name.ts";

/** What skills and runs for these tasks are called, where nobody says otherwise. */
export function taskSetName(path: string): string {
  return nameFrom(basename(resolve(path), extname(path)));
}
