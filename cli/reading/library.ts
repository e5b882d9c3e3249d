import { readLibrary, type Library } from "../../runs/library/library.ts";
import { sizeOf, topicsOf } from "../../runs/library/words.ts";
import { grouped } from "../../runs/words.ts";
import { stdoutColors as pc } from "../terminal/colors.ts";
import { print, printJson } from "../terminal/door.ts";
import { exitCodes } from "../terminal/failure.ts";
import { table } from "../terminal/table.ts";
import { writeWhole } from "./files.ts";

export interface LibraryFlags {
  store: string;
  run?: string;
  html?: string;
  json?: boolean;
}

/** So many findings of a topic are printed; all are in the JSON and on the page. */
const mostLines = 20;

/** Prints what is in a folder of skills on stdout, and writes it as a page. */
export async function libraryCommand(path: string, { store, run, html, json }: LibraryFlags): Promise<number> {
  const library = await readLibrary(path, { store, run });
  if (html !== undefined) {
    const { renderLibrary } = await import("../../runs/library/page.ts");
    await writeWhole("html", html, [renderLibrary(library)]);
  }
  if (json === true) printJson(library);
  else print(`${describe(library)}${html === undefined ? "" : `\nWrote ${html}.\n`}`);
  return exitCodes.finished;
}

function describe(library: Library): string {
  const sorted = library.skills.toSorted((one, other) => other.tokens.body - one.tokens.body);
  const rows = sorted
    .slice(0, mostLines)
    .map(({ name, files, tokens: { listing, body, others } }) => [
      name,
      ...[files, listing, body, others].map(grouped),
    ]);
  const head = ["skill", "files", "listing", "body", "others"];
  const topics = topicsOf(library).map(({ title, note, lines }) => {
    const shown = lines.slice(0, mostLines).map((line) => `  ${line}\n`);
    return `\n${pc.bold(title)}\n${shown.join("")}${more(lines.length)}  ${pc.dim(note)}\n`;
  });
  return `${sizeOf(library)}\n\n${table([head, ...rows], { left: 1 })}${more(sorted.length)}${topics.join("")}`;
}

function more(count: number): string {
  return count > mostLines ? `  and ${grouped(count - mostLines)} more (--json or --html)\n` : "";
}
