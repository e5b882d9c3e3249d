import type { ScanFinding } from "./finding.ts";

/** A finding, and the path of its file from where the scan was started, with forward slashes. */
export interface PlacedFinding extends ScanFinding {
  readonly path: string;
}

const levels = { high: "error", medium: "warning", low: "note" } as const;

/** Findings as a SARIF 2.1.0 log (OASIS, 2020), as code hosts and editors read it: one run, rules by name, results in the given order. */
export function sarifOf(findings: readonly PlacedFinding[], { version }: { version: string }) {
  const rules = [...new Map(findings.map((finding) => [finding.rule, finding])).values()];
  const indexOf = new Map(rules.map(({ rule }, index) => [rule, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "skillgraph", version, rules: rules.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: indexOf.get(finding.rule) as number,
          level: levels[finding.severity],
          message: { text: finding.message },
          locations: [{ physicalLocation: placeOf(finding) }],
        })),
      },
    ],
  };
}

/** A rule as the log lists it. What is only about the specification or a host has no tag of security. */
function ruleOf({ rule, pattern, category, severity }: PlacedFinding) {
  return {
    id: rule,
    shortDescription: { text: pattern === null ? rule : `${rule} (${pattern})` },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: [...(["host", "specification"].includes(category) ? [] : ["security"]), category] },
  };
}

function placeOf({ path, line, column, excerpt }: PlacedFinding) {
  const artifactLocation = { uri: path.split("/").map(encodeURIComponent).join("/") };
  if (line === null) return { artifactLocation };
  const start = column === null ? {} : { startColumn: column };
  const snippet = excerpt === "" ? {} : { snippet: { text: excerpt } };
  return { artifactLocation, region: { startLine: line, ...start, ...snippet } };
}
