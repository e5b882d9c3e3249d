import { createInterface } from "node:readline/promises";
import { shown, tell } from "./door.ts";

/**
 * Asks on stderr, in a terminal; anything but a yes is a no. Where nobody can answer it is a no too, and `--yes` is named as what
 * to say beforehand.
 */
export async function confirm(question: string, { yes }: { yes: boolean }): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    tell(`${question} Not a terminal, so nobody can confirm; give --yes to proceed.\n`);
    return false;
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new AbortController();
  asking.once("SIGINT", () => interrupted.abort());
  asking.once("close", () => interrupted.abort());
  try {
    const answer = await asking.question(shown(`${question} [y/N] `), { signal: interrupted.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    tell("\n");
    return false;
  } finally {
    asking.close();
  }
}
