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
const inputNames = ["tasks", "skill", "agent", "analyst", "verifier", "rubric", "policies", "graph"] as const;
/** Of them what takes the place of the loop's own. */
const wiringNames: readonly string[] = ["policies", "graph"];
export const settingNames = Object.keys(Settings.shape) as Array<keyof Settings>;
export const limitNames = ["usd", "minutes"] as const;

const byDefault: Source = { from: "default" };
const byCode: Source = { from: "code" };

interface Given {
  settings?: SettingsInput;
  limits?: LimitsInput | undefined;
  policies?: object;
  graph?: object;
  sources?: Sources;
}

/** The sources of a new run: as the caller gives them; else what was given in code, and defaults. */
export function sourcesOfNew({ settings = {}, limits = {}, policies, graph, sources = {} }: Given): Sources {
  const absent = new Set([
    ...(policies === undefined ? ["policies"] : []),
    ...(graph === undefined ? ["graph"] : []),
    "rubric",
  ]);
  const inCode = (isGiven: boolean) => (isGiven ? byCode : byDefault);
  const known: Array<[string, Source]> = [
    ...inputNames.map((name): [string, Source] => [name, inCode(!absent.has(name))]),
    ...settingNames.map((name): [string, Source] => [name, inCode(settings[name] !== undefined)]),
    ...limitNames.map((name): [string, Source] => [`limits.${name}`, inCode(limits[name] !== undefined)]),
  ];
  return Object.fromEntries(known.map(([name, source]) => [name, sources[name] ?? source]));
}

interface Inherited {
  /** The settings given to the branch, and where they come from. */
  changes: Readonly<Record<string, unknown>>;
  sources?: Sources | undefined;
  parent: Sources | null;
}

/** The sources of a branch: its parent, but for the settings that were given it, and for what is the loop's own. */
export function sourcesOfBranch({ changes, sources = {}, parent }: Inherited): Sources {
  const names = [...inputNames, ...settingNames, ...limitNames.map((name) => `limits.${name}`)];
  const sourceOf = (name: string): Source => {
    if (Object.hasOwn(changes, name)) return sources[name] ?? byCode;
    return wiringNames.includes(name) && parent?.[name]?.from === "default" ? byDefault : { from: "branch" };
  };
  return Object.fromEntries(names.map((name) => [name, sourceOf(name)]));
}

/** The sources after other settings or limits were given; null stays null, as nobody knows the rest. */
export function sourcesWithChanges(
  before: Sources | null,
  { settings = {}, limits = {}, sources = {} }: Pick<Given, "settings" | "limits"> & { sources?: Sources | undefined },
): Sources | null {
  if (before === null) return null;
  const given = [
    ...settingNames.filter((name) => settings[name] !== undefined),
    ...limitNames.filter((name) => limits[name] !== undefined).map((name) => `limits.${name}`),
  ];
  return { ...before, ...Object.fromEntries(given.map((name) => [name, sources[name] ?? byCode])) };
}
