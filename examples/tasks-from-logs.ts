// Creates tasks from logged conversations: selects, masks, removes duplicates, labels. The guide is docs/tasks-from-logs.md.
// Run it with: npx tsx examples/tasks-from-logs.ts tasks.jsonl
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNeighbours, type Task } from "skillgraph";

/** A line of the log. `closedBy` is the desk that closed the conversation; null for a bot. */
interface Conversation {
  id: string;
  messages: Array<{ from: "customer" | "librarian" | "robot"; text: string }>;
  closedBy: "loans" | "account" | "events" | null;
}

const logs = fileURLToPath(new URL("library-logs/conversations.jsonl", import.meta.url));
const conversations = readFileSync(logs, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Conversation);

/** Private data to mask. Patterns do not find names: review the output. */
function masked(text: string): string {
  return text.replaceAll(/(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+/g, "<email>").replaceAll(/\d[\d -]{6,}\d/g, "<number>");
}

/** The first message is the input; the label is the desk that closed the conversation, the actual outcome. */
const tasks = conversations.flatMap(({ id, messages, closedBy }): Task[] => {
  const question = messages.find(({ from }) => from === "customer")?.text;
  return question === undefined || closedBy === null ? [] : [{ id, input: masked(question), expected: closedBy }];
});

/** Keeps the first of near-duplicate tasks, but all tasks that contradict each other, for a person to decide. */
const near = findNeighbours(tasks);
const kept = tasks.filter(({ expected }, index) => {
  const alike = near(index).filter((found) => found.index < index);
  return alike.length === 0 || alike.some((found) => tasks[found.index]?.expected !== expected);
});

const file = process.argv[2] ?? join(tmpdir(), "tasks.jsonl");
writeFileSync(file, kept.map((task) => `${JSON.stringify(task)}\n`).join(""));
console.log(
  `${conversations.length} conversations, ${tasks.length} with a label, ${kept.length} of them asked once: ${file}`,
);
