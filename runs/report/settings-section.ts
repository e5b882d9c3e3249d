import type { z } from "zod";
import { knownRecipe } from "../../graphs/recipes/all.ts";
import type { Json } from "../../state/json.ts";
import { defaultSettings, Settings, settingsShape } from "../../state/settings.ts";
import { markup, type Markup } from "./markup.ts";
import { table } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { grouped } from "../words.ts";

/** What the run was told, what it was made of, and what says that two runs are the same. */
export function settingsSection({ settings, fingerprints, tasks, result, gateTasks }: RunReport): Markup {
  const recipe = knownRecipe(settings.recipe);
  const shape: Record<string, z.ZodType> = recipe === undefined ? Settings.shape : settingsShape(recipe);
  const defaults: Record<string, Json> = {
    ...Settings.parse({}),
    ...(recipe === undefined ? {} : defaultSettings(recipe)),
  };
  const rows = Object.entries(settings).map(([name, value]) => [
    markup`<code>${name}</code>`,
    value === defaults[name] ? valueText(value) : markup`<strong>${valueText(value)}</strong>`,
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
  return markup`${table({ caption: "What the run was made of", columns: ["part", "what it was"], rows: parts })}
    <p class="note">Two runs with the same digest had the same states, programs, timeline and scores, to the byte.</p>
    ${table({ caption: "Settings", columns: ["setting", "value", "default", "what it does"], rows })}`;
}

function valueText(value: Json): string {
  return value === null ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
