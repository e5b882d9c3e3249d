// Makes tasks out of logged conversations: picks, masks, leaves out what was asked before, labels. The guide is docs/tasks-from-logs.md.
// Run it with: npx tsx examples/tasks-from-logs.ts tasks.jsonl
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNeighbours, type Task } from "skillgraph";

/** A line of the log. A librarian closes a conversation under a desk; a robot under none. */
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

/** What must not leave the log. Names are not found by patterns: read what comes out. */
function masked(text: string): string {
  return text.replaceAll(/(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+/g, "<email>").replaceAll(/\d[\d -]{6,}\d/g, "<number>");
}

/** The first message asks; the desk that closed the conversation is the label, known afterwards and better than a guess. */
const tasks = conversations.flatMap(({ id, messages, closedBy }): Task[] => {
  const question = messages.find(({ from }) => from === "customer")?.text;
  return question === undefined || closedBy === null ? [] : [{ id, input: masked(question), expected: closedBy }];
});

/** Of tasks that ask nearly the same the first is kept, and all of those that contradict each other, for a person to decide. */
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
