import { blotJson, createBlotter } from "../../stores/secrets.ts";
import { archiveSection } from "./archive-section.ts";
import { costSection } from "./cost-section.ts";
import { episodesSection } from "./episodes-section.ts";
import { lineageSection } from "./lineage-section.ts";
import { markup, trusted, type Markup } from "./markup.ts";
import { createArtist, type Artist } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { memoriesSection } from "./memories-section.ts";
import { scoreSection } from "./score-section.ts";
import { settingsSection } from "./settings-section.ts";
import { skillSection } from "./skill-section.ts";
import { style } from "./style.ts";
import { tasksSection } from "./tasks-section.ts";
import { timelineSection } from "./timeline-section.ts";
import { counted, scoreText } from "../words.ts";

type Section = [id: string, title: string, content: Markup];

/**
 * The report as one HTML page that needs nothing else: no script, no font, no network, which its policy also forbids. All
 * texts are escaped and known secrets blotted out. The same run gives the same bytes.
 */
export async function renderReport(given: RunReport): Promise<string> {
  const report = blotJson(given, createBlotter());
  const artist = await createArtist();
  const sections = sectionsOf(report, artist);
  const links = sections.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`);
  const bodies = sections.map(
    ([id, title, content]) =>
      markup`<section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${title}</h2>
        ${content}
      </section> `,
  );
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        <title>${report.result.run} – skillgraph report</title>
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>${report.result.run}</h1>
          ${statusLine(report)} ${tiles(report)}
          <nav aria-label="Sections">
            <ul>
              ${links}
            </ul>
          </nav>
        </header>
        <main>${warnings(report)}${bodies}</main>
        <footer>
          <p>
            Written by skillgraph. This page is self-contained: it loads nothing, and shows what was in the store when it was
            written.
          </p>
        </footer>
      </body>
    </html> `.text;
}

/** The sections of the page in order; some are there only where there is something to show. */
function sectionsOf(report: RunReport, artist: Artist): Section[] {
  const episodes = episodesSection(report);
  const memories = memoriesSection(report);
  return [
    ["scores", "Scores", scoreSection(report, artist)],
    ...(episodes === undefined ? [] : [["episodes", "Episodes", episodes] satisfies Section]),
    ["timeline", "Timeline", timelineSection(report)],
    ["lineage", "Lineage", lineageSection(report, artist)],
    ["archive", "Programs", archiveSection(report, artist)],
    ...(memories === undefined ? [] : [["memories", "What was learned", memories] satisfies Section]),
    ["tasks", "Tasks", tasksSection(report, artist)],
    ["skill", "What changed in the skill", skillSection(report)],
    ["cost", "Cost", costSection(report, artist)],
    ["settings", "Settings and digest", settingsSection(report)],
  ];
}

function statusLine({ result, isAtWork, createdAt, family }: RunReport): Markup {
  const parent = family.runs.find(({ run }) => run === result.run)?.parent ?? null;
  const from = parent === null ? "" : `, branched from ${parent.run} at generation ${parent.generation}`;
  const why = result.reason === null || isAtWork ? "" : ` (${result.reason})`;
  return markup`<p class="status">
    <strong>${isAtWork ? "running" : result.status}</strong>${why}; started ${createdAt.slice(0, 16).replace("T", " ")}
    UTC${from}
  </p>`;
}

function tiles({ result, timeline, test }: RunReport): Markup {
  const { validation } = result.score;
  const accepted = timeline.filter(({ verdict }) => verdict.accepted).length;
  const measured: Array<[string, string, string]> = [
    ["Validation score", `${scoreText(validation.start)} → ${scoreText(validation.best)}`, "start to best"],
    [
      "Test score",
      `${scoreText(result.score.test.start)} → ${scoreText(result.score.test.best)}`,
      test.best === null ? "not measured yet" : `95 %: ${scoreText(test.best.low)} to ${scoreText(test.best.high)}`,
    ],
    ["Generations", String(result.generations), `${accepted} accepted`],
    ["Rollouts", result.rollouts.toLocaleString("en-US"), counted(result.spent.executions, "call") + " executed"],
    ["Skill", result.skill.tokens.toLocaleString("en-US"), "tokens"],
  ];
  return markup`<dl class="tiles">
    ${measured.map(
      ([name, value, more]) =>
        markup`<div>
          <dt>${name}</dt>
          <dd>${value} <small>${more}</small></dd>
        </div>`,
    )}
  </dl>`;
}

function warnings({ warnings: texts }: RunReport): Markup {
  if (texts.length === 0) return markup``;
  return markup`<section class="warnings" aria-labelledby="warnings-title">
    <h2 id="warnings-title">Warnings</h2>
    <ul>
      ${texts.map((text) => markup`<li>${text}</li>`)}
    </ul>
  </section> `;
}
