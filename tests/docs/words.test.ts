import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Phrases that readers of messages and docs stumble over, each with what to write instead. */
const forbidden: ReadonlyArray<readonly [phrase: RegExp, instead: string]> = [
  [/\bnot to be had\b/, "is not available"],
  [/\b(?:is|are|be|was|were|as) told\b/, "is reported"],
  [/\b(?:as|which|that|what) (?:the|an|a) \w+ tells\b/, "as the X reports"],
  [/\bmend(?:s|ed|ing)?\b/, "fix"],
  [/\b(?:stand|stands|stood) (?:on|still)\b/, "is built on; stopped"],
  [/\bof old\b/, "of an earlier version"],
  [/\b(?:said|told) once\b/, "reported once"],
  [/\b(?:go|goes|going) by\b/, "depends on, uses"],
  [/\b(?:go|goes|going|gone) on (?:with|after|under|until)\b/, "continue"],
  [/\bone's own\b/, "custom, your own"],
  [
    /\b(?:dollars|tokens|task|item|lines?|bytes|calls) an? (?:million|line|superstep|token|call|rollout|batch|run)\b/,
    "per",
  ],
  [
    /(?<!\b[Tt]here )\b(?:is|are) no (?:SQLite|Redis|URL|JSON|regular|valid|part of|channel|number|text|list|name)\b/,
    "is not a",
  ],
  [/\b(?:came|come|comes|coming) to nothing\b/, "failed"],
  [/\b(?:by|learnt by) heart\b/, "memorized"],
  [/\bword for word\b/, "exactly"],
  [/\b(?:fell|fall|falls) over\b/, "crashed"],
  [/\bat work\b/, "running"],
  [/\bfor good\b/, "permanently"],
  [/\bsign of life\b/, "heartbeat"],
  [/\bblot(?:s|ted)? out\b/, "mask"],
  [/\b(?:what|which) (?:lies|stands) (?:there|at|in|around)\b/, "is"],
  [/\bnothing is written through\b/, "links are not followed"],
  [/\bcut short\b/, "interrupted"],
  [/\bbroken off\b/, "interrupted"],
];

const pages = ["README.md", "CONTRIBUTING.md", ...listed("docs", /\.md$/), ...listed("examples", /\.(?:md|ts)$/)];

/** Folders whose texts reach a user. Prompts of the analyst are files of their own; verdicts and plans in `policies/` and `analysts/` are stored. */
const sources = [
  "state",
  "models",
  "stores",
  "readers",
  "processes",
  "agents",
  "verifiers",
  "skills",
  "nodes",
  "rollouts",
  "graphs",
  "runs",
  "cli",
].flatMap((folder) => listed(folder, /\.ts$/));

/** Texts that a model is sent, and feedback that is stored: a change of either would need a new fingerprint. */
const kept: ReadonlyMap<string, string> = new Map([
  ["verifiers/checklist-judge.ts", "be told"],
  ["verifiers/json-equality.ts", "is no JSON"],
]);

function listed(folder: string, name: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** The lines of a page; of a source those that are no comments. */
function linesOf(file: string): string[] {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return sources.includes(file) ? lines.map((line) => (/^\s*(?:\/\/|\/?\*)/.test(line) ? "" : line)) : lines;
}

/** Where a phrase occurs, with what to write instead. */
function findings(lines: readonly string[], file: string): string[] {
  return lines.flatMap((line, index) =>
    forbidden.flatMap(([phrase, instead]) => {
      const found = phrase.exec(line);
      return found === null || found[0] === kept.get(file)
        ? []
        : [`${file}:${index + 1}: "${found[0]}"; write: ${instead}`];
    }),
  );
}

describe("messages and docs", () => {
  test("use common terms", () => {
    expect([...pages, ...sources].flatMap((file) => findings(linesOf(file), file))).toEqual([]);
  });

  test("are searched: a phrase that is forbidden is found, with its place and a better one", () => {
    expect(findings(["fine", "A provider that is not to be had pauses the run."], "x.md")).toEqual([
      'x.md:2: "not to be had"; write: is not available',
    ]);
    expect(pages.length).toBeGreaterThan(25);
    expect(sources.length).toBeGreaterThan(300);
  });
});
