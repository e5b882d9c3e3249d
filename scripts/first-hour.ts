// Goes through the first hour of a new user, and writes down what every step shows: `npm run docs:first-hour`, which needs a
// network for two installs. A test goes through it without one, and compares.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeOutput } from "../readers/output.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
export const firstHourPage = join(root, "docs/first-hour.md");

/** How packages get to where the guide wants them. */
export interface Installs {
  /** What a fresh clone needs that the demo does not see to. */
  prepare?(clone: string): void;
  /** Installs a tarball of the package, and others that are here, in a project. */
  install(project: string, tarball: string, others: readonly string[]): Promise<void>;
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  devDependencies: Record<string, string>;
};
const serverPackages = ["@langchain/langgraph-cli", "@langchain/langgraph-sdk"];
const withVersion = (name: string) => `${name}@${manifest.devDependencies[name]}`;

const skill = `---
name: triage
description: Sorts messages of customers by what they are about. Use for each new message of the help desk.
---

# Triage

Answer with one word, the queue that the message belongs to.

## Rules

- When the message mentions "invoice", answer \`invoice\`.
- When the message mentions "parcel", answer \`delivery\`.
`;

const threads = `import { Client } from "@langchain/langgraph-sdk";

const client = new Client({ apiUrl: process.argv[2] });
for (const { thread_id, metadata } of await client.threads.search({ sortBy: "created_at", sortOrder: "asc" })) {
  const { values, next } = await client.threads.getState(thread_id);
  console.log(metadata.run, "generation", values.generation, "next", next);
}
const { thread_id } = await client.threads.create();
const input = { run: "from-the-server", settings: { generations: 1 } };
for await (const { event, data } of client.runs.stream(thread_id, "skillgraph", { input, streamMode: "updates" }))
  if (event === "updates") console.log(...Object.keys(data));
`;

/** The guide as Markdown, every step with what it showed just now. */
export async function firstHour({ prepare, install }: Installs): Promise<string> {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "skillgraph-first-hour-")));
  const home = join(place, "home");
  const [repository, project] = [join(place, "skillgraph"), join(place, "helpdesk")];
  const path = (...folders: string[]) => [...folders, process.env.PATH ?? ""].join(delimiter);
  const environment = { HOME: home, TMPDIR: tmpdir(), npm_config_loglevel: "silent" };
  try {
    for (const folder of [home, project]) mkdirSync(folder);
    cloneHere(repository);
    prepare?.(repository);
    const inClone = openTerminal(repository, { ...environment, PATH: path() });
    const parts = [opening, await demo(inClone)];
    const packed = await inClone.run("npm pack");
    const tarball = packed.split("\n").at(-1) ?? "";
    parts.push(packing(tarball));
    await install(project, join(repository, tarball), serverPackages);
    writeFileSync(join(project, "threads.mjs"), threads);
    const inProject = openTerminal(project, { ...environment, PATH: path(join(project, "node_modules/.bin")) });
    for (const chapter of [begin, improve, resumed, branched, looked, adopted, served])
      parts.push(await chapter(inProject));
    return `${parts.join("\n\n")}\n`.replaceAll(place, "~");
  } finally {
    rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  }
}

const opening = `# The first hour

From a clone to a skill of your own that is better than it was, with no key and no server. What stands after a \`$\` was run, and
what follows it was shown, when this page was written by \`npm run docs:first-hour\`; \`npm test\` goes the same way again and
compares. Lines that are left out stand as \`...\`. The [README](../README.md#words) has the words: rollout, simulation, sealed and
the like.`;

async function demo({ run }: Terminal): Promise<string> {
  const shown = (await run("npm run demo")).replace(/^(.*\n)[^]*?(?=\n\$ )/, "$1...\n");
  return `## A clone, and a first look

\`\`\`sh
git clone ADDRESS-OF-THIS-REPOSITORY skillgraph && cd skillgraph
\`\`\`

The demo installs what is needed, builds, and teaches a skill without a rule to route 1,100 messages of customers:

${block(cut(shown, { head: 7, tail: 7 }))}

The lines with \`generation\` say what the gate decided, and why. \`validation\` is on tasks that no edit was written from; \`test\`
is on tasks that selected nothing at all, looked at once the run is over.`;
}

function packing(tarball: string): string {
  return `## Into a project of your own

The package is not on npm yet, so pack it:

${block(`$ npm pack\n...\n${tarball}`)}

\`\`\`sh
mkdir ../helpdesk && cd ../helpdesk
npm install ../skillgraph/${tarball}
npm install --save-dev ${serverPackages.map(withVersion).join(" ")}   # for the last chapter only
export PATH="$PWD/node_modules/.bin:$PATH"   # or write npx skillgraph
\`\`\``;
}

async function begin({ run }: Terminal): Promise<string> {
  const written = await run(`mkdir -p skills/triage && cat > skills/triage/SKILL.md <<'END'\n${skill}END`);
  return `## A skill, and tasks

Say you have a skill with two rules, and messages with the queue they belong to. Here they are those that come with the package,
as JSONL: \`{"id": "1", "input": "...", "expected": "..."}\`. [tasks-from-logs.md](tasks-from-logs.md) makes some of your logs.

${block(written)}

${block(await run("skillgraph init --yes --skill skills/triage --tasks node_modules/skillgraph/examples/support-messages"))}

\`skillgraph.config.ts\` names skill, tasks, agent, analyst and settings. Before anything runs, \`doctor\` says what would be in the
way, and \`evaluate\` how good the skill is as it is:

${block(await run("skillgraph doctor"))}

${block(await run("skillgraph evaluate"))}`;
}

async function improve({ start }: Terminal): Promise<string> {
  const optimizing = await start("skillgraph optimize --run support", /^generation 4.*(?=\n)/m);
  await optimizing.end("SIGKILL");
  return `## Improve it, and pull the plug

${block(optimizing.shown)}

In the middle of it the process is killed, the hard way, from another terminal (the run takes seconds, so be quick; a Ctrl-C would let
it finish what is in flight and save):

\`\`\`sh
pkill -KILL -f "optimize --run support"
\`\`\``;
}

async function resumed({ run }: Terminal): Promise<string> {
  const [again, whole] = [
    await run("skillgraph resume support --quiet"),
    await run("skillgraph optimize --run undisturbed --store file:other.db --quiet | grep digest"),
  ];
  const digests = [again, whole].map((text) => /digest +(\w+)/.exec(text)?.[1]);
  if (digests[0] === undefined || digests[0] !== digests[1])
    throw new Error(`The digests are not equal:\n${again}\n${whole}`);
  return `${block(again)}

Nothing that was paid for before is paid for again, and it ends where it would have ended. The digest is a hash over the final
state and timeline; a run in another store that nothing happened to has the same:

${block(whole)}

Was it worth stopping after ten generations? A finished run goes on with more to do, as if it had been started so:

${block(cut(await run("skillgraph resume support --set generations=12"), { head: 6, tail: 5 }))}`;
}

async function branched({ run }: Terminal): Promise<string> {
  return `## Try another setting from the middle

A branch begins at any past generation and leaves its parent alone. What the parent has paid for is not paid for again:

${block(cut(await run("skillgraph branch support --at 4 --run wider --set edits=8 --start"), { head: 4, tail: 6 }))}

${block(await run("skillgraph runs"))}

${block(await run("skillgraph compare support wider"))}`;
}

async function looked({ run }: Terminal): Promise<string> {
  return `## Look at it

${block(cut(await run("skillgraph show wider"), { head: 7, tail: 6 }))}

${block(cut(await run("skillgraph diff support@4 support"), { head: 14, tail: 1 }))}

A page for people, in one file that loads nothing from elsewhere: curve with intervals, verdicts, tasks by generations, the
skill's diff, cost. And the loop as LangGraph has compiled it:

${block(await run("skillgraph export wider --report wider.html"))}

${block(cut(await run("skillgraph graph --format mermaid"), { head: 12, tail: 1 }))}`;
}

async function adopted({ run }: Terminal): Promise<string> {
  return `## Adopt it

In a pipeline of your own \`evaluate\` guards the skill: exit code 0 where it is good enough, 4 where it falls short, as the one
you began with does:

${block(`${cut(await run("skillgraph evaluate --min-score 0.4", { code: 4 }), { head: 3, tail: 1 })}\n$ echo $?\n4`)}

\`adopt\` shows the diff, asks (\`--yes\` answers), and writes the best skill back to where it came from:

${block(cut(await run("skillgraph adopt support --yes"), { head: 12, tail: 2 }))}

${block(`${cut(await run("skillgraph evaluate --min-score 0.4"), { head: 3, tail: 0 })}\n$ echo $?\n0`)}`;
}

async function served({ run, start }: Terminal): Promise<string> {
  const studio = await start("skillgraph studio --port 0", /^ +studio +http.*(?=\n)/m);
  const address = /server +(http\S+)/.exec(studio.shown)?.[1];
  const seen = await run(`node threads.mjs ${address}`).finally(() => studio.end("SIGINT"));
  return `## Open it in LangGraph's dev server

Ctrl-C stops it. Every run of the store is a thread there, and every thread that is run there is a run of the store:

${block(studio.shown)}

Open the address after \`studio\` in a browser for LangGraph Studio ([studio.md](studio.md)), or ask the server as any client of
LangGraph does. In another terminal, with this as \`threads.mjs\` in \`helpdesk\`:

\`\`\`js
${threads.trimEnd()}
\`\`\`

${block(seen)}

${block(await run("skillgraph runs"))}

## From here

| to | read |
|---|---|
| use a model, or an agent you have | [agents.md](agents.md), [langgraph-agents.md](langgraph-agents.md), [command-line-agents.md](command-line-agents.md) |
| score answers without one right text | [verifiers.md](verifiers.md) |
| keep to a budget | [budgets.md](budgets.md) |
| do more with runs, and read what is in them | [runs.md](runs.md), [reading-a-run.md](reading-a-run.md) |
| change the loop | [custom-graphs.md](custom-graphs.md), and \`examples/\` |
| know what survives a crash | [durability.md](durability.md) |`;
}

const block = (text: string) => `\`\`\`\n${text}\n\`\`\``;

/** What an output shows first and last; nothing is cut that would save less than two lines. */
function cut(shown: string, { head, tail }: { head: number; tail: number }): string {
  const lines = shown.split("\n");
  if (lines.length <= head + tail + 2) return shown;
  return [...lines.slice(0, head), "...", ...(tail === 0 ? [] : lines.slice(-tail))].join("\n");
}

/** What a clone has, with what is not committed yet. */
function cloneHere(folder: string): void {
  const words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", words, { cwd: root, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && existsSync(join(root, name))))
    cpSync(join(root, file), join(folder, file));
}

async function installWithNpm(project: string, tarball: string, others: readonly string[]): Promise<void> {
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const { run } = openTerminal(project, environmentOfShell());
  await run(`npm install --no-audit --no-fund ${tarball}`);
  await run(`npm install --no-audit --no-fund --save-dev ${others.map(withVersion).join(" ")}`);
}

function environmentOfShell(): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeOutput(firstHourPage, await firstHour({ install: installWithNpm }));
}
