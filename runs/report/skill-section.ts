import { html, type Markup } from "./markup.ts";
import type { RunReport } from "./report.ts";
import { counted } from "./words.ts";

/** A longer diff is cut: the report is for reading. */
const mostLines = 3_000;

/** What changed in the skill from the start to the best. */
export function skillSection({ diff, result }: RunReport): Markup {
  if (diff === "") return html`<p>The best program is the one the run started from; nothing changed.</p>`;
  const lines = diff.replace(/\n$/, "").split("\n");
  const added = lines.filter((line) => line.startsWith("+") && !line.startsWith("+++")).length;
  const removed = lines.filter((line) => line.startsWith("-") && !line.startsWith("---")).length;
  const left = lines.length - mostLines;
  return html`<p>
      ${counted(added, "line")} added and ${removed} removed, from the start to the best program
      (${counted(result.skill.tokens, "token")}).
    </p>
    <div class="scroll" role="region" tabindex="0" aria-label="Changes of the skill, as a unified diff">
      <pre class="diff">${lines.slice(0, mostLines).map(lineOf)}</pre>
    </div>
    ${left > 0 ? html`<p class="note">${counted(left, "more line")} not shown. All of them: <code>skillgraph diff ${result.run}</code></p>` : ""}`;
}

function lineOf(line: string): Markup {
  if (/^(?:\+\+\+|---|@@|Index:|===|Binary files |Files )/.test(line)) return html`<span class="place">${line}</span> `;
  if (line.startsWith("+")) return html`<ins>${line}</ins> `;
  if (line.startsWith("-")) return html`<del>${line}</del> `;
  return html`<span>${line}</span> `;
}
