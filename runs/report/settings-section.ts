import { Settings } from "../../state/settings.ts";
import { markup, type Markup } from "./markup.ts";
import { table } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { grouped } from "../words.ts";

/** Settings, parts, and the digest, by which two runs can be compared. */
export function settingsSection({ settings, fingerprints, tasks, result, gateTasks }: RunReport): Markup {
  const defaults = Settings.parse({});
  const names = Object.keys(Settings.shape) as Array<keyof Settings>;
  const rows = names.map((name) => [
    markup`<code>${name}</code>`,
    settings[name] === defaults[name]
      ? valueText(settings[name])
      : markup`<strong>${valueText(settings[name])}</strong>`,
    valueText(defaults[name]),
    Settings.shape[name].description ?? "",
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

function valueText(value: string | number | boolean | null): string {
  return value === null ? "none" : String(value);
}
