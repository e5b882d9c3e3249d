import { spawn } from "node:child_process";
import { once } from "node:events";
import { Client } from "@langchain/langgraph-sdk";
import { builtCommand } from "./started/compiled.ts";

/** `skillgraph studio` in a process of its own, on a free port. */
export interface StudioChild {
  url: string;
  client: Client;
  stderr(): string;
  /** Sends a signal and gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  ended: Promise<number | null>;
}

/** Waits until the server answers, as the command itself does. */
export async function startStudio(
  words: readonly string[],
  folder: string,
  variables: Record<string, string> = {},
): Promise<StudioChild> {
  const child = spawn(process.execPath, [builtCommand, "studio", "--port", "0", "--json", ...words], {
    cwd: folder,
    env: { ...process.env, ...variables },
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => (stderr += String(text)));
  const ended = once(child, "close").then(([code]) => {
    process.off("exit", kill);
    return code as number | null;
  });
  const told = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", () => stdout.includes("\n") && resolve(stdout));
    void ended.then(() => reject(new Error(`skillgraph studio ended before it was ready.\n${stderr}`)));
  });
  const { url } = JSON.parse(await told) as { url: string };
  return {
    url,
    client: new Client({ apiUrl: url, callerOptions: { maxRetries: 0 } }),
    stderr: () => stderr,
    ended,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
