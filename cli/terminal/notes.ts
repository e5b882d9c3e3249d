import { tellLine } from "./lines.ts";

/** Progress notes of a command on stderr; none with `--quiet`. Warnings are printed anyway. */
export function createNotes({ quiet = false }: { quiet?: boolean | undefined }): (text: string) => void {
  return (text) => {
    if (!quiet) tellLine(text);
  };
}
