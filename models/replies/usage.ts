/** Tokens of one call as its server reports them; a count that is missing or cannot be is undefined. */
export interface ReportedUsage {
  input: number | undefined;
  output: number | undefined;
}

/** More tokens than one call has ever had. */
const most = 1e9;

/** A count of tokens as it is written: a number, or digits. Everything sent and every reply has at least one. */
function countOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !(number > 0 && number <= most)) return undefined;
  return Math.ceil(number);
}

/** What usage says, in the names of OpenAI's two APIs, of LangChain and of others; each may be missing, null or nonsense. */
export function readUsage(...given: unknown[]): ReportedUsage {
  const found: ReportedUsage = { input: undefined, output: undefined };
  for (const usage of given) {
    if (typeof usage !== "object" || usage === null) continue;
    const total = firstIn(usage, totals);
    const input = firstIn(usage, inputs);
    const output = firstIn(usage, outputs);
    found.input ??= input ?? restOf(total, output);
    found.output ??= output ?? restOf(total, input);
  }
  return found;
}

const totals = ["total_tokens", "totalTokens"];
const inputs = ["input_tokens", "prompt_tokens", "promptTokens", "inputTokens"];
const outputs = ["output_tokens", "completion_tokens", "completionTokens", "outputTokens"];

function firstIn(usage: object, names: readonly string[]): number | undefined {
  for (const name of names) {
    const count = countOf((usage as Record<string, unknown>)[name]);
    if (count !== undefined) return count;
  }
  return undefined;
}

const restOf = (total: number | undefined, part: number | undefined) =>
  total === undefined || part === undefined ? undefined : countOf(total - part);
