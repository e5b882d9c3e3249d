import { stderrColors as pc } from "./colors.ts";
import { createWarner } from "./findings.ts";
import { tellLine } from "./lines.ts";
import type { View } from "./progress.ts";

/** Of a run only what its user should look at, on stderr. */
export function createWarnings({ isStartMade = false }: { isStartMade?: boolean }): View {
  const warn = createWarner();
  return {
    tell(event) {
      if (event.type === "program-inspected" && !(isStartMade && event.of === "start")) warn(event.findings);
      if (event.type === "study-warned" || event.type === "rollout-warned")
        tellLine(pc.yellow(`warning: ${event.message}`));
      if (event.type === "task-held") tellLine(pc.yellow(`warning: ${event.suite} task ${event.task} ${event.reason}`));
    },
    close() {},
  };
}
