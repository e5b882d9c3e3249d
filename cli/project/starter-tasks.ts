import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const labels = ["delivery", "invoice", "account"];
/** Tasks of each label, by suite. */
const sizes = { train: 20, val: 12, test: 10 };

/**
 * The tasks of a new project as JSONL, by file name: the first ones of some labels of examples/support-messages, which comes
 * with the package. They can be learned, and take seconds.
 */
export function starterTasks(): Record<string, string> {
  const root = dirname(createRequire(import.meta.url).resolve("skillgraph/package.json"));
  const files = Object.entries(sizes).map(([suite, size]) => {
    const file = join(root, "examples", "support-messages", `${suite}.jsonl`);
    const all = readFileSync(file, "utf8").trim().split("\n");
    const tasks = all.map((line) => JSON.parse(line) as { input: string; expected: string });
    const chosen = labels.flatMap((label) => tasks.filter(({ expected }) => expected === label).slice(0, size));
    const lines = chosen.map(({ input, expected }, index) =>
      JSON.stringify({ id: `${suite}-${index + 1}`, input, expected }),
    );
    return [`${suite}.jsonl`, `${lines.join("\n")}\n`] as const;
  });
  return Object.fromEntries(files);
}
