// Writes the tables of docs/configuration.md and docs/recipes.md from the schemas: `npm run docs:settings`. A test compares the two.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { writeOutput } from "../readers/output.ts";
import { Config } from "../runs/config.ts";
import type { Recipe } from "../graphs/recipe.ts";
import { recipes } from "../graphs/recipes/all.ts";
import { defaultSettings, Settings, settingsShape } from "../state/settings.ts";

/** What of JSON Schema our schemas come to. */
interface Property {
  type?: "integer" | "number" | "string" | "boolean" | "null" | "object" | "array";
  enum?: string[];
  anyOf?: Property[];
  minimum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  maximum?: number;
  default?: unknown;
  description?: string;
  properties?: Record<string, Property>;
}

const pages = ["configuration", "recipes"].map((name) => fileURLToPath(new URL(`../docs/${name}.md`, import.meta.url)));

/** The page with its tables, which stand between marks, made anew. */
export function withTables(text: string): string {
  const tables = {
    config: configTable(),
    settings: settingsTable(),
    ...Object.fromEntries(recipes.map((recipe) => [`recipe ${recipe.name}`, recipeTable(recipe)])),
  };
  return Object.entries(tables).reduce(
    (rest, [name, table]) =>
      rest.replace(
        new RegExp(`(<!-- ${name}: made by npm run docs:settings -->\n)[^]*?(<!-- end -->)`),
        (_, start: string, end: string) => `${start}\n${table}\n${end}`,
      ),
    text,
  );
}

function configTable(): string {
  const rows = Object.entries(propertiesOf(Config)).flatMap(([name, property]) => [
    [`\`${name}\``, property.description ?? ""],
    ...Object.entries(property.properties ?? {}).map(([inner, { description = "" }]) => [
      `\`${name}.${inner}\``,
      description,
    ]),
  ]);
  return tableOf(["key", ""], rows);
}

function settingsTable(): string {
  const rows = Object.entries(propertiesOf(Settings)).map(([name, property]) =>
    settingRow(name, property, property.default),
  );
  return tableOf(settingColumns, rows);
}

/** Its own settings, and the common ones that have another default in it. */
function recipeTable(recipe: Recipe): string {
  const properties = propertiesOf(z.object(settingsShape(recipe)));
  const defaults = defaultSettings(recipe);
  const names = [...Object.keys(recipe.settings), ...Object.keys(recipe.defaults)];
  return tableOf(
    settingColumns,
    names.map((name) => settingRow(name, properties[name] ?? {}, defaults[name])),
  );
}

const settingColumns = ["setting", "default", "values", ""];

function settingRow(name: string, property: Property, value: unknown): string[] {
  const shown = value === null ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value);
  return [`\`${name}\``, shown, valuesOf(property), property.description ?? ""];
}

function propertiesOf(schema: z.ZodType): Record<string, Property> {
  const made = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Property;
  return made.properties ?? {};
}

/** `whole number from 1`, `0 to 1, or null`, or the words there are. */
function valuesOf(property: Property): string {
  if (property.enum !== undefined) return property.enum.map((word) => `\`${word}\``).join(", ");
  if (property.anyOf !== undefined) return property.anyOf.map(valuesOf).join(", or ");
  const { type, minimum, exclusiveMinimum, exclusiveMaximum, maximum = Number.MAX_SAFE_INTEGER } = property;
  if (type === "null") return "null";
  if (type === "array") return "list";
  if (type === "string") return "text";
  if (type === "boolean") return "`true`, `false`";
  const isAbove = type === "number" && exclusiveMinimum !== undefined;
  const least = isAbove ? exclusiveMinimum : (minimum ?? (exclusiveMinimum ?? 0) + 1);
  const below = exclusiveMaximum === undefined ? "" : ` to below ${exclusiveMaximum}`;
  const isOpen = maximum === Number.MAX_SAFE_INTEGER;
  const from = isAbove ? `above ${least}` : isOpen ? `from ${least}` : String(least);
  const range = isOpen ? `${from}${below}` : `${from} to ${maximum}`;
  return type === "integer" ? `integer ${range}` : range;
}

function tableOf(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const lines = [head, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  lines.splice(1, 0, `|${"---|".repeat(head.length)}`);
  return `${lines.join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const page of pages) await writeOutput(page, withTables(readFileSync(page, "utf8")));
