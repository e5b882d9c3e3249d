import { createReadStream } from "node:fs";
import { TaskError } from "../state/errors.ts";

/** A line of a file without its LF; `line` counts from 1. */
export interface FileLine {
  readonly text: string;
  readonly line: number;
}

const maxBytes = 64 * 2 ** 20;
const lineFeed = 0x0a;

/**
 * Streams the lines of a UTF-8 file; a byte order mark is left out, a CR stays. Lines end at LF alone: node:readline would
 * also break at U+2028, which JSON strings may hold. Throws a `TaskError` for bytes that are not UTF-8 and for a line over
 * 64 MB.
 */
export async function* readLines(file: string): AsyncGenerator<FileLine> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let pieces: Buffer[] = [];
  let size = 0;
  let line = 1;
  const finish = (last: Buffer): FileLine => {
    const bytes = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
    pieces = [];
    size = 0;
    try {
      return { text: decoder.decode(bytes), line };
    } catch (cause) {
      throw new TaskError(file, line, `${file}, line ${line}: not UTF-8 text; save the file as UTF-8.`, { cause });
    }
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      yield finish(chunk.subarray(start, end));
      start = end + 1;
      line += 1;
    }
    const rest = chunk.subarray(start);
    size += rest.length;
    if (size > maxBytes) {
      throw new TaskError(file, line, `${file}, line ${line}: longer than 64 MB; write one task per line.`);
    }
    if (rest.length > 0) pieces.push(rest);
  }
  if (pieces.length > 0) yield finish(Buffer.alloc(0));
}
