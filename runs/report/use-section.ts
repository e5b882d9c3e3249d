import { grouped, scoreText } from "../words.ts";
import { markup, type Markup } from "./markup.ts";
import { table } from "./pictures.ts";
import type { RunReport } from "./report.ts";

/** Which skills agents could see and used; undefined for a run whose programs had one skill. */
export function useSection({ uses }: RunReport): Markup | undefined {
  if (uses === null) return undefined;
  return markup`<p class="note">
      Train and validation rollouts that were answered, of all programs of the run: ${grouped(uses.rollouts)}. A rollout
      used what the agent says it used. Harmful: used at least three times, and 70 % of these rollouts failed.
    </p>
    ${table({
      caption: "Skills by use",
      columns: ["skill", "visible in", "used in", "of these failed", ""],
      figures: [1, 2, 3],
      rows: uses.skills.map(({ skill, visible, used, failed, standing }) => [
        skill,
        grouped(visible),
        grouped(used),
        scoreText(failed),
        standing === "used" ? "" : standing,
      ]),
    })}`;
}
