import { existsSync } from "node:fs";
import type { Command } from "commander";
import { limitNames, settingNames, type Source, type Sources } from "../../runs/sources.ts";
import { defaultStore } from "../../runs/store.ts";
import { SettingsError } from "../../state/errors.ts";
import { withoutPassword } from "../../stores/drivers/redis-url.ts";
import { readConfig, type ConfigFile } from "./config-file.ts";
import type { OwnParts } from "./parts.ts";

/** What a config is called in the folder of a project. */
const configNames = ["skillgraph.config.ts", "skillgraph.config.js", "skillgraph.config.mjs"];

/** What the merging of sources adds to the flags of a command. */
export interface MergedFlags {
  /** Parts and recipe of the config, for runs whose parts have no names. */
  own?: OwnParts;
  /** The config that was read, if there is one. */
  configFile?: string;
  /** Where the flags come from, and settings and limits by their own names. */
  sources?: Sources;
  /** The flags that a next command needs to find the same runs. */
  again?: readonly string[];
}

/** What a config and the flags have under one name. */
const shared = [
  "tasks",
  "skill",
  "creator",
  "cases",
  "documents",
  "tools",
  "pairs",
  "agent",
  "analyst",
  "verifier",
  "rubric",
  "store",
  "concurrency",
  "executor",
  "out",
] as const;
/** Commands that begin runs, with the settings and limits of the config. */
const begin = new Set(["optimize", "studio"]);
const limitFlags = { usd: "budgetUsd", minutes: "budgetMinutes" } as const;

/**
 * Merges where the options of a command may come from: flags over the config over the environment over defaults. Settings,
 * limits and name go into a new run only: an old one goes on with what it was made with.
 */
export async function mergeSources(command: Command): Promise<void> {
  const { file, config } = await configOf(command);
  for (const name of shared) put(command, name, config[name]);
  const { set = {} } = command.opts<{ set?: Record<string, unknown> }>();
  const isBeginning = begin.has(command.name());
  const settings = isBeginning ? { ...config.settings } : {};
  if (isBeginning) {
    put(command, "run", config.run);
    for (const name of limitNames) put(command, limitFlags[name], config.limits?.[name]);
    command.setOptionValue("set", { ...settings, ...set });
  }
  const inConfig: Source = { from: "config", place: file };
  const ofSetting = (name: string): Source => {
    if (command.getOptionValueSource(name) === "cli") return sourceOf(command, name, file);
    if (Object.hasOwn(set, name)) return { from: "flag", place: "--set" };
    const isInConfig =
      Object.hasOwn(settings, name) || (name === "recipe" && config.recipe !== undefined && isBeginning);
    return isInConfig ? inConfig : { from: "default" };
  };
  const names = new Set([...settingNames, ...Object.keys(settings), ...Object.keys(set)]);
  const sources: Sources = {
    ...Object.fromEntries(shared.map((name) => [name, sourceOf(command, name, file)])),
    ...Object.fromEntries([...names].map((name) => [name, ofSetting(name)])),
    ...Object.fromEntries(limitNames.map((name) => [`limits.${name}`, sourceOf(command, limitFlags[name], file)])),
  };
  const configFile = file === "" ? {} : { configFile: file };
  const merged: MergedFlags = { own: config, ...configFile, sources, again: flagsAgain(command) };
  for (const [name, value] of Object.entries(merged)) command.setOptionValue(name, value);
}

/** Refuses a command without an option that a flag or the config may give. */
export function refuseMissing(command: Command, names: readonly (typeof shared)[number][]): void {
  for (const name of names) {
    if (command.getOptionValue(name) !== undefined) continue;
    const { flags = `--${name}` } = optionOf(command, name) ?? {};
    throw new SettingsError(
      name,
      `"skillgraph ${command.name()}" requires ${flags}: give it, or set ${name} in ${configNames[0]}.`,
    );
  }
}

async function configOf(command: Command): Promise<ConfigFile> {
  const path = command.opts<{ config?: string }>().config;
  if (path !== undefined) return readConfig(path);
  const found = configNames.filter((name) => existsSync(name));
  if (found.length > 1) {
    const message = `This folder contains ${found.join(" and ")}. Remove one, or select one with --config.`;
    throw new SettingsError("config", message);
  }
  return found[0] === undefined ? { file: "", config: {} } : readConfig(found[0]);
}

const optionOf = (command: Command, name: string) => command.options.find((option) => option.attributeName() === name);

const takes = (command: Command, name: string) => optionOf(command, name) !== undefined;

/** Puts what the config says over the environment and defaults, under flags. */
function put(command: Command, name: string, value: unknown): void {
  if (value === undefined || !takes(command, name) || command.getOptionValueSource(name) === "cli") return;
  command.setOptionValueWithSource(name, value, "config");
}

function sourceOf(command: Command, name: string, file: string): Source {
  const option = optionOf(command, name);
  const source = command.getOptionValueSource(name);
  if (source === "cli") return { from: "flag", place: option?.long ?? name };
  if (source === "env") return { from: "environment", place: option?.envVar ?? name };
  return source === "config" ? { from: "config", place: file } : { from: "default" };
}

function flagsAgain(command: Command): string[] {
  // Some commands, such as `graph`, take a config and no store.
  const {
    store = defaultStore,
    out,
    config,
    executor,
  } = command.opts<{ store?: string; out?: string; config?: string; executor?: string }>();
  const isFrom = (name: string, source: string) => command.getOptionValueSource(name) === source;
  const shown = withoutPassword(store);
  // A variable may be set for this one command; with a password in it, it cannot be shown.
  const isStoreGiven = isFrom("store", "cli") || (isFrom("store", "env") && shown === store);
  return [
    ...(isFrom("config", "cli") && config !== undefined ? ["--config", config] : []),
    ...(isStoreGiven && store !== defaultStore ? ["--store", shown] : []),
    ...(isFrom("executor", "cli") && executor !== undefined ? ["--executor", executor] : []),
    ...(isFrom("out", "cli") && out !== undefined ? ["--out", out] : []),
  ];
}
