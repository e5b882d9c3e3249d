import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { canMark } from "../../processes/mark.ts";
import { bubblewrapProblem } from "../../verifiers/command/sandbox.ts";
import { ok, problem, warning, type Check } from "./check.ts";

/** As package.json has it under `engines`. */
export const leastNode = "20.19";

export function checkNode(version = process.versions.node): Check[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [least = 0, leastMinor = 0] = leastNode.split(".").map(Number);
  if (major > least || (major === least && minor >= leastMinor)) return [ok("node", version)];
  return [problem("node", `${version} is too old.`, `Install Node ${leastNode} or later.`)];
}

/** Bubblewrap matters where a command is the verifier. */
export function checkBubblewrap(isNeeded: boolean): Check[] {
  const found = bubblewrapProblem();
  if (found === undefined) return [ok("bubblewrap", "it works here")];
  if (!isNeeded) return [ok("bubblewrap", "not usable here; only the command verifier would use it")];
  return [warning("bubblewrap", found, "Without it a check can access the network, your files and your keys.")];
}

/** What a command agent or verifier may leave running. */
export function checkProcesses(): Check[] {
  if (canMark()) return [ok("processes", "all processes that a command starts can be stopped")];
  const text = "Only the process group of a command can be stopped here: processes that leave the group keep running.";
  return [warning("processes", text, "Run commands that start services on Linux, or in a container.")];
}

interface Program {
  name: string;
  install: string;
  /** Whether what was asked for cannot work without it. */
  isNeeded: boolean;
}

/** Whether a program is installed, by asking it for its version. */
export async function checkProgram({ name, install, isNeeded }: Program): Promise<Check[]> {
  try {
    const { stdout, stderr } = await promisify(execFile)(name, ["--version"], { timeout: 30_000 });
    const [version = ""] = `${stdout}${stderr}`.trim().split("\n");
    return [ok(name, version)];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT")
      return [problem(name, `It is installed but does not run: ${message.trim()}`, `Fix it: ${install}`)];
    return [isNeeded ? problem(name, "It is not installed.", install) : ok(name, "not installed, not needed")];
  }
}
