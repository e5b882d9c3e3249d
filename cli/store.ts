import { stderrColors as pc } from "./colors.ts";
import { storeOf } from "../runs/store.ts";

/** The store of a command. What its user must know of it goes to stderr as it is found. */
export async function openStoreFor(url: string, options: { create?: boolean } = {}): ReturnType<typeof storeOf> {
  const opened = await storeOf(url, options);
  const { warnings } = opened.store;
  warnings.all().forEach(warn);
  warnings.listen(warn);
  return opened;
}

/** Tells a warning on stderr, over a line of progress. */
export function warn(text: string): void {
  const clear = process.stderr.isTTY === true ? "\r\u001b[K" : "";
  process.stderr.write(`${clear}${pc.yellow(`warning: ${text}`)}\n`);
}
