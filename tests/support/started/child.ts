import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { isAbsolute, join } from "node:path";
import { compiled } from "./compiled.ts";

/** A script running in a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves to the next line it prints; rejects when it ends before. */
  line(): Promise<string>;
  /** Resolves when it has ended, with its exit code; null where a signal ended it. */
  ended: Promise<number | null>;
}

/** Starts a script of `tests/support`, compiled, or one at an absolute path, as it is. */
export function startChild(script: string, ...args: string[]): Child {
  const words = isAbsolute(script) ? ["--import", "tsx", script] : [compiled(join("tests/support", script))];
  const child = spawn(process.execPath, [...words, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close").then(([code]) => code as number | null);
  const lines: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() as string;
    lines.push(...parts);
    child.emit("line");
  });
  return {
    process: child,
    ended,
    async line() {
      while (lines.length === 0) {
        const next = await Promise.race([once(child, "line"), ended]);
        if (!Array.isArray(next) && lines.length === 0) throw new Error(`${script} ended with ${next} before a line.`);
      }
      return lines.shift() as string;
    },
  };
}
