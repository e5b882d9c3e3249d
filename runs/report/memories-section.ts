import { markup, type Markup } from "./markup.ts";
import { table } from "./pictures.ts";
import type { RunReport } from "./report.ts";

/** What policies remember after the last generation; nothing where none describes it. */
export function memoriesSection({ memories }: RunReport): Markup | undefined {
  if (memories.length === 0) return undefined;
  return markup`${memories.map(({ title, columns, texts, rows }) =>
    table({ caption: title, columns, figures: columns.map((_, place) => place).slice(texts), rows }),
  )}`;
}
