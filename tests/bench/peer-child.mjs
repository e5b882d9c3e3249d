// A small optimizer on the bridge: keeps the better of parent and proposal on a batch, until the budget is spent.
import { createInterface } from "node:readline";

const replies = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
async function ask(request, fields = {}) {
  process.stdout.write(`${JSON.stringify({ id: request, request, ...fields })}\n`);
  const { value } = await replies.next();
  const reply = JSON.parse(value);
  if (reply.id !== request) throw new Error(`The reply to ${request} is another one's: ${value}`);
  return reply;
}

const { ok: begun } = await ask("hello", { protocol: 1, client: "climber" });
const { tasks } = (await ask("tasks", { suite: "train" })).ok;
if (process.argv[2] === "leaves") process.exit(3);
let skill = begun.skill;
const sum = ({ rows }) => rows.reduce((total, { score }) => total + score, 0);
for (let at = 0; ; at = (at + begun.batch) % tasks.length) {
  const batch = tasks.slice(at, at + begun.batch);
  const parent = await ask("rollout", { skill, suite: "train", tasks: batch });
  if (parent.error !== undefined) break;
  const { ok: revision } = await ask("reflect", { skill, tasks: batch });
  if (revision.skill === null) continue;
  const child = await ask("rollout", { skill: revision.skill, suite: "train", tasks: batch });
  if (child.error !== undefined) break;
  if (sum(child.ok) <= sum(parent.ok)) continue;
  skill = revision.skill;
  await ask("choose", { skill });
}
await ask("bye");
