import child, { type ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Rooms of the product that ask the host for something while a run is at work. */
const rooms = /^(agents|cli|models|nodes|processes|readers|rollouts|runs|stores|verifiers)\//;

/** A call of the host, by what is called and where in the sources: such as `mkdir at agents/command/workspace.ts:50`. */
export type Site = string;

interface Fault {
  site: Site;
  code: string;
}

export interface FaultyHost {
  /** The sites that were asked so far; may be cleared. */
  readonly sites: Set<Site>;
  /** How often the fault was met since it was set. */
  readonly met: number;
  /** Every call at the site fails from now on; with undefined none does. */
  set(fault: Fault | undefined): void;
  /** The host as it was. */
  restore(): void;
}

type Call = (...words: unknown[]) => unknown;

const calls = {
  promises: [
    "chmod",
    "lstat",
    "mkdir",
    "open",
    "readdir",
    "readFile",
    "readlink",
    "realpath",
    "rename",
    "rm",
    "stat",
    "symlink",
    "unlink",
    "writeFile",
  ],
  sync: ["readdirSync", "readFileSync", "mkdirSync"],
};

/** Stands between the sources and Node: counts what is asked of the host, and lets it fail. One at a time in a process. */
export function createFaultyHost(): FaultyHost {
  const sites = new Set<Site>();
  const originals: Array<() => void> = [];
  let fault: Fault | undefined;
  let met = 0;

  function wrap(owner: object, name: string, fail: (error: Error) => unknown): void {
    const calledOn = owner as Record<string, Call>;
    const original = calledOn[name] as Call;
    originals.push(() => (calledOn[name] = original));
    calledOn[name] = function (this: unknown, ...words: unknown[]) {
      const site = siteOf(name);
      if (site !== undefined) sites.add(site);
      if (site === undefined || site !== fault?.site) return original.apply(this, words);
      met += 1;
      const { code } = fault;
      const error = new Error(`${code}: made by a test, ${name} '${String(words[0])}'`);
      return fail(Object.assign(error, { code, syscall: name, path: String(words[0]) }));
    };
  }

  for (const name of calls.promises) wrap(promises, name, rejected);
  for (const name of calls.sync)
    wrap(fs, name, (error) => {
      throw error;
    });
  wrap(child, "spawn", failedSpawn);
  syncBuiltinESMExports();

  return {
    sites,
    get met() {
      return met;
    },
    set(next) {
      fault = next;
      met = 0;
    },
    restore() {
      for (const undo of originals) undo();
      syncBuiltinESMExports();
    },
  };
}

async function rejected(error: Error): Promise<never> {
  throw error;
}

/** As Node does it: some errors are thrown, and some come later. */
function failedSpawn(error: Error & { code?: string }): ChildProcess {
  if (["E2BIG", "ENOMEM", "EIO"].includes(error.code ?? "")) throw error;
  const failed = new EventEmitter();
  setImmediate(() => failed.emit("error", error));
  return failed as ChildProcess;
}

/** The line of the sources that called; undefined where it was somebody else's. */
function siteOf(name: string): Site | undefined {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 6;
  const stack = (new Error().stack ?? "").split("\n").slice(3);
  Error.stackTraceLimit = before;
  for (const line of stack) {
    const found = /(?:file:\/\/)?(\/[^():]+\.ts):(\d+):\d+/.exec(line);
    const file = found === null ? "" : relative(root, found[1] as string);
    if (rooms.test(file)) return `${name} at ${file}:${found?.[2]}`;
  }
  return undefined;
}
