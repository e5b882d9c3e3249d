import { blotJson, createBlotter } from "../../stores/secrets.ts";
import { pageOf, type Section } from "../report/frame.ts";
import { markup } from "../report/markup.ts";
import { table } from "../report/pictures.ts";
import type { Library } from "./library.ts";
import { sizeOf, topicsOf } from "./words.ts";

/** What is in a folder of skills as one HTML page that loads nothing, with known secrets blotted out. */
export function renderLibrary(given: Library): string {
  const library = blotJson(given, createBlotter());
  const topics = topicsOf(library).map(({ id, title, note, lines }): Section => [
    id,
    title,
    markup`<p class="note">${note}</p>
        <ul>
          ${lines.map((line) => markup`<li>${line}</li>`)}
        </ul>`,
  ]);
  const rows = library.skills.map(({ name, files, tokens: { listing, body, others } }) => [
    name,
    files,
    listing,
    body,
    others,
  ]);
  const skills = table({
    caption: "Skills and their tokens",
    columns: ["skill", "files", "name and description", "body", "other files"],
    figures: [1, 2, 3, 4],
    rows,
  });
  return pageOf({
    title: `${library.path} – skillgraph library`,
    header: markup`<h1>${library.path}</h1>
      <p class="status">${sizeOf(library)}</p>`,
    sections: [...topics, ["skills", "Skills", skills]],
    shows: "what was in the folder when it was written",
  });
}
