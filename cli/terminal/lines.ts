import { tell } from "./door.ts";
/** Writes a line for people, whatever else the terminal shows. */
let write: (line: string) => void = toStderr;

function toStderr(line: string): void {
  tell(`${line}\n`);
}

/** A line on stderr; above a view that is drawn there. */
export function tellLine(line: string): void {
  write(line);
}

/** A view takes the lines from now on, until the function it gets is called. */
export function takeLines(take: (line: string) => void): () => void {
  write = take;
  return () => {
    write = toStderr;
  };
}
