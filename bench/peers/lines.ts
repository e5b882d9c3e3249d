import { StringDecoder } from "node:string_decoder";

/**
 * The lines of a stream as they come, without their line ends; of one that is longer than `longest` characters only so much as to be no
 * line of JSON, so that it is refused and costs no memory. The rest after the last line end is a line too.
 */
export async function* linesOf(stream: AsyncIterable<Buffer>, longest: number): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let [line, size] = ["", 0];
  for await (const chunk of stream) {
    const pieces = decoder.write(chunk).split("\n");
    for (const [at, piece] of pieces.entries()) {
      size += piece.length;
      line = size > longest ? "…" : line + piece;
      if (at === pieces.length - 1) break;
      yield line;
      [line, size] = ["", 0];
    }
  }
  if (line.trim() !== "") yield line;
}
