import { stderrColors as pc } from "./colors.ts";
import { createWarner } from "./findings.ts";
import type { RunEvent } from "../state/events.ts";

/** Of a run only what its user should look at, on stderr. Gives back what to do with each event. */
export function createWarnings({ isStartMade = false }: { isStartMade?: boolean }): (event: RunEvent) => void {
  const warn = createWarner();
  return (event) => {
    if (event.type === "program-inspected" && !(isStartMade && event.of === "start")) warn(event.findings);
    if (event.type === "study-warned") process.stderr.write(`${pc.yellow(`warning: ${event.message}`)}\n`);
    if (event.type === "task-held")
      process.stderr.write(`${pc.yellow(`warning: ${event.suite} task ${event.task} ${event.reason}`)}\n`);
  };
}
