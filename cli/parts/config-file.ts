import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { checkConfig, type Config } from "../../runs/config.ts";
import { SettingsError } from "../../state/errors.ts";
import { loadModule } from "./user-module.ts";

/** A config, its paths taken from the current folder, and the file it comes from. */
export interface ConfigFile {
  file: string;
  config: Config;
}

/** Loads a config file. */
export async function readConfig(file: string): Promise<ConfigFile> {
  if (!existsSync(file))
    throw new SettingsError("config", `Config file not found: ${file}. Check the path of --config.`);
  const path = resolve(file);
  let loaded: { default?: unknown };
  try {
    loaded = await loadModule(path);
  } catch (cause) {
    throw new SettingsError(
      "config",
      `The config ${file} cannot be loaded: ${(cause as Error).message.split("\nRequire stack:")[0] ?? ""}`,
      { cause },
    );
  }
  return { file, config: fromHere(checkConfig(loaded.default, file), dirname(path)) };
}

/** The config with its paths as they are from the current folder. */
function fromHere(config: Config, folder: string): Config {
  if (folder === process.cwd()) return config;
  const moved = (path: string) => (isAbsolute(path) ? path : relative(process.cwd(), join(folder, path)) || ".");
  const paths = (["tasks", "skill", "cases", "documents", "tools", "pairs", "rubric", "out"] as const).flatMap(
    (key) => {
      const path = config[key];
      return path === undefined ? [] : [[key, moved(path)] as const];
    },
  );
  const { store, verifier } = config;
  return {
    ...config,
    ...Object.fromEntries(paths),
    ...storeFromHere(store, moved),
    ...moduleFromHere(verifier, moved),
  };
}

function moduleFromHere(verifier: Config["verifier"], moved: (path: string) => string): Pick<Config, "verifier"> {
  const path = typeof verifier === "string" ? /^module:(.+)/s.exec(verifier)?.[1] : undefined;
  return path === undefined ? {} : { verifier: `module:${moved(path)}` };
}

function storeFromHere(store: string | undefined, moved: (path: string) => string): Pick<Config, "store"> {
  if (store === undefined) return {};
  const isPath = store.startsWith("file:") && !store.startsWith("file://");
  return { store: isPath ? `file:${moved(store.slice("file:".length))}` : store };
}
