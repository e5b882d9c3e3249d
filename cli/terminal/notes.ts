import { tellLine } from "./lines.ts";

/** What a command tells on the way, on stderr; nothing of it with `--quiet`. Warnings are told all the same. */
export function createNotes({ quiet = false }: { quiet?: boolean | undefined }): (text: string) => void {
  return (text) => {
    if (!quiet) tellLine(text);
  };
}
