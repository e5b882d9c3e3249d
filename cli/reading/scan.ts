import { createRequire } from "node:module";
import { scanPath, type Scan } from "../../runs/scan/scan.ts";
import { counted } from "../../runs/words.ts";
import { sarifOf, type PlacedFinding } from "../../skills/scan/sarif.ts";
import type { Severity } from "../../state/study.ts";
import { stdoutColors as pc } from "../terminal/colors.ts";
import { print, printJson } from "../terminal/door.ts";
import { exitCodes } from "../terminal/failure.ts";

export interface ScanFlags {
  against?: string;
  format: "text" | "json" | "sarif";
  failOn: Severity | "none";
}

const { version } = createRequire(import.meta.url)("skillgraph/package.json") as { version: string };

const severities: readonly Severity[] = ["low", "medium", "high"];

/** Prints what a scan found on stdout. 4 if a finding is at least as severe as `failOn`. */
export async function scanCommand(path: string, { against, format, failOn }: ScanFlags): Promise<number> {
  const scan = await scanPath(path, { against });
  if (format === "sarif") printJson(sarifOf(scan.findings, { version }));
  else if (format === "json") printJson(scan);
  else print(describe(scan, against !== undefined));
  const fails = failOn === "none" ? [] : severities.slice(severities.indexOf(failOn));
  return scan.findings.some(({ severity }) => fails.includes(severity)) ? exitCodes.short : exitCodes.finished;
}

function describe({ findings, skills, counts }: Scan, isNew: boolean): string {
  const kinds = severities.toReversed().map((severity) => `${counts[severity]} ${severity}`);
  const found = counted(findings.length, isNew ? "new finding" : "finding");
  const sum = findings.length === 0 ? "" : `: ${kinds.join(", ")}`;
  return `${findings.map(textOf).join("")}${found} in ${counted(skills, "skill")}${sum}\n`;
}

const colorOf = { high: pc.red, medium: pc.yellow, low: pc.dim };

function textOf({ severity, path, line, column, rule, pattern, message, excerpt }: PlacedFinding): string {
  const place = [path, ...(line === null ? [] : [line]), ...(column === null ? [] : [column])].join(":");
  const name = pattern === null ? rule : `${rule} (${pattern})`;
  const quoted = excerpt === "" ? "" : `        ${pc.dim(`> ${excerpt}`)}\n`;
  return `${colorOf[severity](severity.padEnd(6))}  ${place}  ${name}\n        ${message}\n${quoted}`;
}
