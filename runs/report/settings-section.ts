import type { z } from "zod";
import { knownRecipe } from "../../graphs/recipes/all.ts";
import type { Json } from "../../state/json.ts";
import { defaultSettings, Settings, settingsShape } from "../../state/settings.ts";
import { markup, type Markup } from "./markup.ts";
import { table } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { grouped } from "../words.ts";

/** Settings, parts, and the digest, by which two runs can be compared. */
export function settingsSection({ settings, fingerprints, tasks, result, gateTasks }: RunReport): Markup {
  const recipe = knownRecipe(settings.recipe);
  const shape: Record<string, z.ZodType> = recipe === undefined ? Settings.shape : settingsShape(recipe);
  const defaults: Record<string, Json> = {
    ...Settings.parse({}),
    ...(recipe === undefined ? {} : defaultSettings(recipe)),
  };
  const rows = Object.entries(settings).map(([name, value]) => [
    markup`<code>${name}</code>`,
    valueText(value) === valueText(defaults[name] ?? null)
      ? valueText(value)
      : markup`<strong>${valueText(value)}</strong>`,
    valueText(defaults[name] ?? null),
    shape[name]?.description ?? "",
  ]);
  const parts = [
    ["agent", markup`<code>${fingerprints.agent}</code>`],
    ["analyst", markup`<code>${fingerprints.analyst}</code>`],
    ["verifier", markup`<code>${fingerprints.verifier}</code>`],
    ["graph", markup`<code>${fingerprints.graph}</code>`],
    ["best program", markup`<code>${result.skill.hash}</code>`],
    ["digest", markup`<code>${result.digest}</code>`],
    [
      "tasks",
      Object.entries(tasks)
        .map(([suite, count]) => `${grouped(count)} ${suite}`)
        .join(", "),
    ],
    ["validation tasks the gate uses", grouped(gateTasks)],
  ];
  return markup`${table({ caption: "Parts of the run", columns: ["part", "value"], rows: parts })}
    <p class="note">Two runs with the same digest had byte-identical states, programs, timelines and scores.</p>
    ${table({ caption: "Settings", columns: ["setting", "value", "default", "description"], rows })}`;
}

function valueText(value: Json): string {
  return value === null ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
