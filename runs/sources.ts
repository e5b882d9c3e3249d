import { z } from "zod";
import { Settings, type SettingsInput } from "../state/settings.ts";
import type { LimitsInput } from "./limits.ts";

/** Where a value that a run was made with comes from. `place` says which flag, variable or file it was. */
export const Source = z.strictObject({
  from: z.enum(["flag", "config", "environment", "code", "default", "branch"]),
  place: z.string().optional(),
});
export type Source = z.infer<typeof Source>;

/** Sources by what they belong to: a setting, `agent`, `tasks`, `limits.usd` and the like. */
export const Sources = z.record(z.string(), Source);
export type Sources = z.infer<typeof Sources>;

/** What a run is given beside settings and limits. */
const inputNames = ["tasks", "skill", "agent", "analyst", "verifier", "rubric"] as const;
export const settingNames: readonly string[] = Object.keys(Settings.shape);
export const limitNames = ["usd", "minutes"] as const;

const byDefault: Source = { from: "default" };
const byCode: Source = { from: "code" };

interface Given {
  settings?: SettingsInput;
  /** A custom recipe. */
  recipe?: object;
  limits?: LimitsInput | undefined;
  sources?: Sources;
}

/** The sources of a new run: as the caller gives them; else what was given in code, and defaults. */
export function sourcesOfNew({ settings = {}, recipe, limits = {}, sources = {} }: Given, all: Settings): Sources {
  const isSourced = Object.keys(sources).length > 0;
  const inCode = (isGiven: boolean) => (isGiven ? byCode : byDefault);
  const known: Array<[string, Source]> = [
    ...inputNames.map((name): [string, Source] => [name, inCode(name !== "rubric")]),
    // Whoever gives sources names those of all settings that were given; the command line passes the defaults on, too.
    ...Object.keys(all).map((name): [string, Source] => [name, inCode(!isSourced && settings[name] !== undefined)]),
    ...(recipe === undefined ? [] : [["recipe", byCode] satisfies [string, Source]]),
    ...limitNames.map((name): [string, Source] => [`limits.${name}`, inCode(limits[name] !== undefined)]),
  ];
  return Object.fromEntries(known.map(([name, source]) => [name, sources[name] ?? source]));
}

interface Inherited {
  /** The settings given to the branch, and where they come from. */
  changes: Readonly<Record<string, unknown>>;
  /** All settings of the branch. */
  settings: Settings;
  sources?: Sources | undefined;
}

/** The sources of a branch: its parent, but for the settings that were given it. */
export function sourcesOfBranch({ changes, settings, sources = {} }: Inherited): Sources {
  const names = [...inputNames, ...Object.keys(settings), ...limitNames.map((name) => `limits.${name}`)];
  const sourceOf = (name: string): Source => {
    return Object.hasOwn(changes, name) ? (sources[name] ?? byCode) : { from: "branch" };
  };
  return Object.fromEntries(names.map((name) => [name, sourceOf(name)]));
}

/** The sources after other settings or limits were given. */
export function sourcesWithChanges(
  before: Sources,
  { settings = {}, limits = {}, sources = {} }: Pick<Given, "settings" | "limits"> & { sources?: Sources | undefined },
): Sources {
  const given = [
    ...Object.keys(settings).filter((name) => settings[name] !== undefined),
    ...limitNames.filter((name) => limits[name] !== undefined).map((name) => `limits.${name}`),
  ];
  return { ...before, ...Object.fromEntries(given.map((name) => [name, sources[name] ?? byCode])) };
}
