import { stderrColors as pc } from "../terminal/colors.ts";
import { tellLine } from "../terminal/lines.ts";
import { storeOf } from "../../runs/store.ts";

/** The store of a command. What its user must know of it goes to stderr as it is found. */
export async function openStoreFor(url: string, options: { create?: boolean } = {}): ReturnType<typeof storeOf> {
  const opened = await storeOf(url, options);
  const { warnings } = opened.store;
  warnings.all().forEach(warn);
  warnings.listen(warn);
  return opened;
}

/** Tells a warning on stderr. */
export function warn(text: string): void {
  tellLine(pc.yellow(`warning: ${text}`));
}
