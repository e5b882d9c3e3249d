import { stdoutColors as pc } from "../terminal/colors.ts";
import { settingsOf, type RunSettings } from "../../runs/reading/settings-of.ts";
import type { Source } from "../../runs/sources.ts";
import type { Json } from "../../state/json.ts";
import { shorten } from "../../skills/shorten.ts";
import { withoutPassword } from "../../stores/drivers/redis-url.ts";
import { exitCodes } from "../terminal/failure.ts";
import type { ShowFlags } from "./show.ts";
import { openStoreFor } from "../parts/store.ts";
import { print } from "../terminal/door.ts";

/** A rubric or an address is longer than a table is wide. */
const longestValue = 48;

/** All settings of a run, a line each, with where each value comes from; for the store, where this command has it from. */
export async function showSettings(name: string, { store: url, json, sources }: ShowFlags): Promise<number> {
  const { store, close } = await openStoreFor(url, { create: false });
  const found = await settingsOf(name, { store }).finally(close);
  const inStore = { value: withoutPassword(url), source: sources?.["store"] ?? ({ from: "default" } as const) };
  const view = { ...found, settings: { store: inStore, ...found.settings } };
  print(json === true ? `${JSON.stringify(view)}\n` : table(view));
  return exitCodes.finished;
}

function table({ parent, settings }: RunSettings): string {
  const rows = Object.entries(settings).map(([name, { value, source }]) => [
    name,
    shorten(shown(name, value), longestValue),
    describe(source, parent),
  ]);
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? "").length));
  const [first, second] = [width(0), width(1)];
  return rows
    .map(([name = "", value = "", from = ""]) => `${name.padEnd(first)}  ${value.padEnd(second)}  ${pc.dim(from)}\n`)
    .join("");
}

function shown(name: string, value: Json): string {
  if (value === null) return "none";
  if (name === "skill") return String(value).slice(0, 12);
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  if (typeof value !== "object") return String(value).split("\n", 1)[0] ?? "";
  return Object.entries(value)
    .filter(([, size]) => size !== 0)
    .map(([suite, size]) => `${String(size)} ${suite}`)
    .join(", ");
}

function describe({ from, place = "" }: Source, parent: RunSettings["parent"]): string {
  if (from === "branch") return parent === null ? "branch" : `branch of ${parent.run} at ${parent.generation}`;
  const words = { flag: "flag", config: "config file", environment: "environment", code: "code", default: "default" };
  return `${words[from]} ${place}`.trimEnd();
}
