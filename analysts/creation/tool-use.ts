import type { Json } from "../../state/json.ts";
import type { Example, ToolDescription } from "../creator.ts";
import { labelOf } from "../label.ts";

/** A tool with its use in past cases. */
export interface ToolUse extends ToolDescription {
  /** The number of cases that used it. */
  cases: number;
  /** Expected answers of these cases with their number, most frequent first: what it is used for. */
  scenarios: Record<string, number>;
}

/** A tool that fewer cases used is left out, unless no case used any. */
const fewestCases = 2;
const mostTools = 40;
const mostScenarios = 5;

/**
 * Tools by how many past cases used them, and for what: the call-frequency table, cut-off and co-occurrence of SkillForge (arXiv 2604.08618
 * [P]; the cut-off and the limits are ours [R]). Where a case does not say what it called, a tool counts as used if its name occurs as a word in the case. A tool
 * that cases called and that is not described is listed without a description.
 */
export function mineTools(tools: readonly ToolDescription[], examples: readonly Example[]): ToolUse[] {
  const described = new Map(tools.map((tool) => [tool.name, tool]));
  for (const name of examples.flatMap(({ calls = [] }) => calls))
    if (!described.has(name)) described.set(name, { name, description: "", parameters: null });
  const words = examples.map((example) => (example.calls === undefined ? wordsOf(example) : new Set(example.calls)));
  const all = [...described.values()].map((tool): ToolUse => {
    const own = examples.filter((_, index) => words[index]?.has(tool.name) === true);
    return { ...tool, cases: own.length, scenarios: countsOf(own) };
  });
  const isAnyUsed = all.some(({ cases }) => cases > 0);
  return all
    .filter(({ cases }) => !isAnyUsed || cases >= fewestCases)
    .toSorted((a, b) => b.cases - a.cases)
    .slice(0, mostTools);
}

function wordsOf({ question, expected }: Example): Set<string> {
  return new Set(`${question.input} ${labelOf(expected) ?? ""}`.match(/[\w-]+/g) ?? []);
}

function countsOf(examples: readonly Example[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { expected } of examples) {
    const label = labelOf(expected);
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([, one], [, other]) => other - one).slice(0, mostScenarios));
}

/** The file `references/tools.json` of a skill. */
export function toolsJson(tools: readonly ToolUse[]): string {
  return `${JSON.stringify(tools satisfies readonly object[] as unknown as Json, null, 2)}\n`;
}
