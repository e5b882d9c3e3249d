import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { cpuSince } from "../clocked-analyst.ts";
import type { Bridge } from "./bridge.ts";
import { linesOf } from "./lines.ts";
import { longestLine } from "./protocol.ts";

/** An optimizer as a program: it asks on stdout and reads replies on stdin. */
export interface Client {
  /** The program and its arguments, started in the folder of the project. */
  command: readonly [string, ...string[]];
  /** What it is, for the results. */
  version: string;
}

/** What a session cost from `hello` to `bye`, in seconds. */
export interface SessionCost {
  /** Of this process and of the client; null where the system does not say (it is read from /proc). */
  cpu: { bridge: number; client: number | null };
  wall: number;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Milliseconds that a client has to end by itself after `bye`. */
const grace = 2000;

/** Starts a client and answers it until it says `bye`. Rejects if it cannot be started or ends before. */
export async function runClient({ command: [program, ...words] }: Client, bridge: Bridge): Promise<SessionCost> {
  const child = spawn(program, words, { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  // That a client has gone is seen where its output ends.
  child.stdin.on("error", () => undefined);
  try {
    const cost = await converse(child, bridge);
    if (cost === undefined)
      throw new Error(`The client "${program}" ended without \`bye\` (${await ended}); see its messages above.`);
    await Promise.race([ended, delay(grace)]);
    return cost;
  } finally {
    child.kill();
  }
}

/** Undefined where the output of the client ends before `bye`. */
async function converse(child: ChildProcess, bridge: Bridge): Promise<SessionCost | undefined> {
  let from = readClocks(child);
  for await (const line of linesOf(child.stdout as AsyncIterable<Buffer>, longestLine)) {
    const before = bridge.phase();
    const reply = await bridge.answer(line);
    if (before === "new" && bridge.phase() === "open") from = readClocks(child);
    child.stdin?.write(`${JSON.stringify(reply)}\n`);
    if (bridge.phase() !== "over") continue;
    const cost = costSince(from, child);
    child.stdin?.end();
    return cost;
  }
  return undefined;
}

function readClocks({ pid }: ChildProcess) {
  return { bridge: process.cpuUsage(), client: cpuOf(pid), wall: performance.now() };
}

function costSince(from: ReturnType<typeof readClocks>, { pid }: ChildProcess): SessionCost {
  const client = cpuOf(pid);
  return {
    cpu: {
      bridge: cpuSince(from.bridge) / 1000,
      client: client === null || from.client === null ? null : client - from.client,
    },
    wall: (performance.now() - from.wall) / 1000,
  };
}

/** Linux shows CPU time in ticks of this rate on every machine. */
const ticksPerSecond = 100;

/** Seconds of CPU that a process has used, user and system; null where there is no /proc. */
function cpuOf(pid: number | undefined): number | null {
  const file = `/proc/${pid}/stat`;
  try {
    // The name of the program, in parentheses, may contain spaces.
    const fields = readFileSync(file, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return null;
  }
}
