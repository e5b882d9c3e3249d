import { accessSync, constants, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";

/** The file that a name in PATH, or a path relative to the folder, stands for; undefined where none can be executed. */
export function findProgram(name: string, folder: string): string | undefined {
  const places = name.includes("/")
    ? [folder]
    : (process.env["PATH"] ?? "").split(delimiter).filter((path) => path !== "");
  return places.map((place) => resolve(place, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
