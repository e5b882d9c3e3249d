import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { checkConfig, type Config } from "../runs/config.ts";
import { SettingsError } from "../state/errors.ts";

/** A config, its paths taken from the current folder, and the file it comes from. */
export interface ConfigFile {
  file: string;
  config: Config;
}

/** Loads a config file. TypeScript is understood by every Node that is; `skillgraph` in it is this very package. */
export async function readConfig(file: string): Promise<ConfigFile> {
  if (!existsSync(file)) throw new SettingsError("config", `There is no config ${file}. Check the path of --config.`);
  const path = resolve(file);
  const { createJiti } = await import("jiti");
  const virtualModules = { skillgraph: await import("../index.ts") };
  // Its cache would be left in the project or in the folder of temporary files.
  const jiti = createJiti(dirname(path), { fsCache: false, moduleCache: false, interopDefault: false, virtualModules });
  let loaded: { default?: unknown };
  try {
    loaded = await jiti.import<{ default?: unknown }>(path);
  } catch (cause) {
    throw new SettingsError("config", `The config ${file} cannot be loaded: ${(cause as Error).message}`, { cause });
  }
  return { file, config: fromHere(checkConfig(loaded.default, file), dirname(path)) };
}

/** The config with its paths as they are from the current folder. */
function fromHere(config: Config, folder: string): Config {
  if (folder === process.cwd()) return config;
  const moved = (path: string) => (isAbsolute(path) ? path : relative(process.cwd(), join(folder, path)) || ".");
  const paths = (["tasks", "skill", "rubric", "out"] as const).flatMap((key) => {
    const path = config[key];
    return path === undefined ? [] : [[key, moved(path)] as const];
  });
  return { ...config, ...Object.fromEntries(paths), ...storeFromHere(config.store, moved) };
}

function storeFromHere(store: string | undefined, moved: (path: string) => string): Pick<Config, "store"> {
  if (store === undefined) return {};
  const isPath = store.startsWith("file:") && !store.startsWith("file://");
  return { store: isPath ? `file:${moved(store.slice("file:".length))}` : store };
}
