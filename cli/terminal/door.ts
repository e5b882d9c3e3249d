import { showUnseen, showUnseenJson } from "../../skills/unseen.ts";
import { codes } from "./colors.ts";

/*
 * The one door to the terminal. What is printed holds names, tasks, skills, answers and messages of others: nothing of it may
 * steer the terminal or read as what it is not. Only the colours of this program pass as they are.
 */

/** Text for people on stdout. */
export function print(text: string): void {
  process.stdout.write(shown(text));
}

/** A value for programs on stdout, one line of JSON. */
export function printJson(value: unknown): void {
  process.stdout.write(`${showUnseenJson(value)}\n`);
}

/** Text for people on stderr. */
export function tell(text: string): void {
  process.stderr.write(shown(text));
}

/** A text as the terminal gets it. */
export function shown(text: string): string {
  return codes(showUnseen(text));
}

/** Back to where the line of stderr begins. */
export function goToStart(): void {
  process.stderr.write("\r");
}

/** Takes away what stands in the line of stderr. */
export function clearLine(): void {
  process.stderr.write("\r\u001b[K");
}
