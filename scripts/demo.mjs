// The main job, with the commands a user would type: a skill without rules learns to route messages.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const store = ".skillgraph/demo.db";
for (const end of ["", "-wal", "-shm"]) rmSync(new URL(`../${store}${end}`, import.meta.url), { force: true });

function skillgraph(...words) {
  process.stdout.write(`\n$ skillgraph ${words.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, ["dist/cli/main.js", ...words], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const at = ["--store", `file:${store}`];
skillgraph("optimize", "--tasks", "examples/support-messages", "--budget-rollouts", "4000", "--run", "demo", ...at);
skillgraph("show", "demo", "--diff", ...at);
