import { stderrColors as pc } from "./colors.ts";
import { tellLine } from "./lines.ts";
import type { SkillFinding } from "../../state/program.ts";

/** More than this many are counted, not shown. */
const shownFindings = 10;

/** Tells on stderr what the agent will not do as the skill says it, with file, line and column. */
export function warnOfFindings(findings: readonly SkillFinding[]): void {
  for (const { skill, file, line, column, message } of findings.slice(0, shownFindings)) {
    const place = line === null ? "" : `:${line}:${column ?? 1}`;
    tellLine(`${pc.yellow("warning")} ${skill}/${file}${place}: ${message}`);
  }
  const more = findings.length - shownFindings;
  if (more > 0) tellLine(`${pc.yellow("warning")} ${more} more of these`);
}

/** The same for one program after another: what was reported is not reported again, wherever it is now. */
export function createWarner(): (findings: readonly SkillFinding[]) => void {
  const told = new Set<string>();
  return (findings) => {
    const news = findings.filter(({ skill, file, message }) => !told.has(JSON.stringify([skill, file, message])));
    for (const { skill, file, message } of news) told.add(JSON.stringify([skill, file, message]));
    warnOfFindings(news);
  };
}
