import { blotJson, createBlotter } from "../../stores/secrets.ts";
import { archiveSection } from "./archive-section.ts";
import { costSection } from "./cost-section.ts";
import { episodesSection } from "./episodes-section.ts";
import { lineageSection } from "./lineage-section.ts";
import { pageOf, type Section } from "./frame.ts";
import { markup, type Markup } from "./markup.ts";
import { createArtist, type Artist } from "./pictures.ts";
import type { RunReport } from "./report.ts";
import { memoriesSection } from "./memories-section.ts";
import { scoreSection } from "./score-section.ts";
import { settingsSection } from "./settings-section.ts";
import { skillSection } from "./skill-section.ts";
import { tasksSection } from "./tasks-section.ts";
import { timelineSection } from "./timeline-section.ts";
import { useSection } from "./use-section.ts";
import { counted, scoreText } from "../words.ts";

/** The report as one HTML page, with known secrets blotted out. The same run gives the same bytes. */
export async function renderReport(given: RunReport): Promise<string> {
  const report = blotJson(given, createBlotter());
  const artist = await createArtist();
  return pageOf({
    title: `${report.result.run} – skillgraph report`,
    header: markup`<h1>${report.result.run}</h1>
      ${statusLine(report)} ${tiles(report)}`,
    before: warnings(report),
    sections: sectionsOf(report, artist),
    shows: "what was in the store when it was written",
  });
}

/** The sections of the page in order; some are there only where there is something to show. */
function sectionsOf(report: RunReport, artist: Artist): Section[] {
  const episodes = episodesSection(report);
  const memories = memoriesSection(report);
  const use = useSection(report);
  return [
    ["scores", "Scores", scoreSection(report, artist)],
    ...(episodes === undefined ? [] : [["episodes", "Episodes", episodes] satisfies Section]),
    ["timeline", "Timeline", timelineSection(report)],
    ["lineage", "Lineage", lineageSection(report, artist)],
    ["archive", "Programs", archiveSection(report, artist)],
    ...(memories === undefined ? [] : [["memories", "What was learned", memories] satisfies Section]),
    ["tasks", "Tasks", tasksSection(report, artist)],
    ...(use === undefined ? [] : [["use", "Skills", use] satisfies Section]),
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
  const back = timeline.reduce((sum, { audit }) => sum + (audit?.back ?? 0), 0);
  const measured: Array<[string, string, string]> = [
    ["Validation score", `${scoreText(validation.start)} → ${scoreText(validation.best)}`, "start to best"],
    [
      "Test score",
      `${scoreText(result.score.test.start)} → ${scoreText(result.score.test.best)}`,
      test.best === null ? "not measured yet" : `95 %: ${scoreText(test.best.low)} to ${scoreText(test.best.high)}`,
    ],
    [
      "Generations",
      String(result.generations),
      `${accepted} accepted${back === 0 ? "" : `, ${back} of them rolled back`}`,
    ],
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
