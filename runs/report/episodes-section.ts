import { shorten } from "../../skills/shorten.ts";
import { counted, scoreText } from "../words.ts";
import { markup, type Markup } from "./markup.ts";
import { table } from "./pictures.ts";
import type { RunReport } from "./report.ts";

/** More rows than these nobody reads; the last ones are shown. */
const mostRows = 100;

/** What each skill that was tuned on tasks of its own came to on them; nothing where the run does not tune. */
export function episodesSection({ result: { episodes } }: RunReport): Markup | undefined {
  if (episodes === null) return undefined;
  const { list, start, best } = episodes;
  const shown = list.slice(-mostRows);
  const left = list.length - shown.length;
  return markup`<p class="note">
      <strong>Instance-tuned.</strong> Each skill was revised for its own train tasks and is measured on these very tasks. These are not
      held-out scores: they say nothing about other tasks. On average ${scoreText(start)} at the start and ${scoreText(best)} for the
      best program of an episode. The run returns the program that it started from.
    </p>
    ${table({
      caption:
        left > 0 ? `The last ${shown.length} of ${list.length} episodes` : `All ${counted(list.length, "episode")}`,
      columns: ["episode", "train tasks", "generations", "reward at the start", "best reward", "best program", "over"],
      figures: [0, 2, 3, 4],
      rows: shown.map((one) => [
        one.episode,
        shorten(one.tasks.join(", "), 80),
        one.generations,
        scoreText(one.start),
        scoreText(one.best),
        markup`<code>${one.program.slice(0, 12)}</code>`,
        one.end ?? "–",
      ]),
    })}`;
}
