import { markup, type Markup } from "./markup.ts";
import type { RunReport } from "./report.ts";
import { counted } from "../words.ts";

/** A longer diff is cut: the report is for reading. */
const mostLines = 3_000;

/** What a unified diff says of files and places; a removed line may begin with dashes too. */
const place = /^(?:(?:\+\+\+|---) (?:[ab]\/|\/dev\/null)|@@|Binary files |Files )/;

/** What changed in the skill from the start to the best. */
export function skillSection({ diff, result }: RunReport): Markup {
  if (diff === "") return markup`<p>The best program is the one the run started from; the skill is unchanged.</p>`;
  const lines = diff.replace(/\n$/, "").split("\n");
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign) && !place.test(line)).length;
  const [added, removed] = [count("+"), count("-")];
  const left = lines.length - mostLines;
  return markup`<p>
      ${counted(added, "line")} added and ${removed} removed, from the start to the best program
      (${counted(result.skill.tokens, "token")}).
    </p>
    <div class="scroll" role="region" tabindex="0" aria-label="Changes of the skill, as a unified diff">
      <pre class="diff">${lines.slice(0, mostLines).map(lineOf)}</pre>
    </div>
    ${left > 0 ? markup`<p class="note">${counted(left, "more line")} not shown. All of them: <code>skillgraph diff ${result.run}</code></p>` : ""}`;
}

function lineOf(line: string): Markup {
  if (/^(?:\+\+\+|---|@@|Index:|===|Binary files |Files )/.test(line))
    return markup`<span class="place">${line}</span>`;
  if (line.startsWith("+")) return markup`<ins>${line}</ins>`;
  if (line.startsWith("-")) return markup`<del>${line}</del>`;
  return markup`<span>${line}</span>`;
}
