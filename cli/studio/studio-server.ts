import { stripVTControlCharacters } from "node:util";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, realpathSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PartError } from "../../state/errors.ts";
import { keyHeader } from "./studio-key.ts";
import { studioEnvironment, type StudioPlace } from "./studio-place.ts";
import { isThread, studioGraph } from "./studio-threads.ts";
import { tell } from "../terminal/door.ts";

const cliPackage = "@langchain/langgraph-cli";
const cliVersion = "1.5.1";
const longestStart = 90_000;

interface Start {
  url: string;
  /** The last run of the store to become a thread there. */
  newest: string | undefined;
  place: StudioPlace;
  isVerbose: boolean;
  signal: AbortSignal;
}

export interface StudioServer {
  /** Resolves when the server is gone. */
  ended: Promise<unknown>;
  /** The last lines it wrote. */
  log(): string;
  /** Lets it save what is at work, and ends it with all processes it started. */
  stop(): Promise<void>;
}

/**
 * Starts LangGraph's dev server with the loop on a store, and waits until it knows the runs. All it writes by itself goes to a
 * folder of its own, which is removed with it: the runs are in the store.
 */
export async function startStudioServer({ url, newest, place, isVerbose, signal }: Start): Promise<StudioServer> {
  const command = findCommand();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "skillgraph-studio-")));
  writeFileSync(join(folder, "langgraph.json"), JSON.stringify(configFor(folder)));
  // The command adds this line where it is missing.
  writeFileSync(join(folder, ".gitignore"), ".langgraph_api\n");
  const server = { url, key: place.key };
  const { hostname, port } = new URL(url);
  const words = ["dev", "--no-browser", "--no-reload", "--host", hostname, "--port", port, "--config", folder];
  const child = spawn(process.execPath, [command, ...words], {
    // A group of its own: Ctrl-C ends it by way of this process, which lets it save first.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...studioEnvironment(place), LANGGRAPH_CLI_NO_ANALYTICS: "1" },
  });
  const log = keepLog(child, isVerbose);
  const kill = () => endGroup(child);
  process.once("exit", kill);
  const stop = async () => {
    child.stdin.end();
    while (!hasEnded(child) && (await look(server)) !== "gone") await sleep(100);
    kill();
    process.off("exit", kill);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await untilReady(server, { newest, log, signal, child });
  } catch (error) {
    await stop();
    throw error;
  }
  return { ended: goneOf(server, child), log, stop };
}

const around = [join(process.cwd(), "package.json"), fileURLToPath(import.meta.url)];

/** LangGraph's command, as files there would import it. It is big and only this needs it, so who uses it installs it. */
export function findCommand(files: readonly string[] = around): string {
  for (const from of files) {
    try {
      const file = createRequire(pathToFileURL(from)).resolve(`${cliPackage}/package.json`);
      const { bin } = JSON.parse(readFileSync(file, "utf8")) as { bin: Record<string, string> };
      return join(dirname(file), Object.values(bin)[0] as string);
    } catch {
      // Not from there.
    }
  }
  throw new PartError(
    `LangGraph's dev server is not installed. Install it in the same project: npm install --save-dev ${cliPackage}@${cliVersion}`,
  );
}

/** The server answers the guard before it and its own process, and nobody else, also where it believes that Studio asks. */
function configFor(folder: string): object {
  const own = fileURLToPath(import.meta.url);
  const file = (name: string) => relative(folder, join(dirname(own), `${name}${extname(own)}`));
  return {
    node_version: "20",
    graphs: { [studioGraph]: `${file("studio-graph")}:loop` },
    auth: { path: `${file("studio-auth")}:auth`, disable_studio_auth: true },
    http: { cors: { allow_origins: [] } },
  };
}

function keepLog({ stdout, stderr }: ChildProcess, isVerbose: boolean): () => string {
  let text = "";
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding("utf8").on("data", (more: string) => {
      // The server paints for a terminal of its own.
      const plain = stripVTControlCharacters(more);
      text = (text + plain).slice(-4000);
      if (isVerbose) tell(plain);
    });
  }
  return () => text.trimEnd();
}

interface Waiting extends Pick<Start, "newest"> {
  log(): string;
  signal: AbortSignal;
  child: ChildProcess;
}

interface Address {
  url: string;
  key: string;
}

async function untilReady(server: Address, { newest, log, signal, child }: Waiting): Promise<void> {
  const until = performance.now() + longestStart;
  const isReady = async () =>
    (await look(server)) === "up" && (newest === undefined || (await isThread(server, newest)));
  while (!signal.aborted && !(await isReady())) {
    const text = log();
    // The command lives on where the server it started did not.
    if (hasEnded(child) || /^Node\.js v\d/m.test(text)) throw new PartError(`The server did not start:\n${text}`);
    if (performance.now() > until) {
      // It serves; that it does not know a run yet, which may have been removed meanwhile, is no reason to end it.
      if ((await look(server)) === "up") return;
      throw new PartError(
        `The server at ${server.url} did not respond within ${longestStart / 1000} seconds:\n${text}`,
      );
    }
    await sleep(200);
  }
}

async function goneOf(server: Address, child: ChildProcess): Promise<void> {
  while (!hasEnded(child) && (await look(server)) !== "gone") await sleep(500);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** A server that computes is busy for a while, and not gone. */
async function look({ url, key }: Address): Promise<"up" | "busy" | "gone"> {
  try {
    const { ok } = await fetch(`${url}/ok`, { headers: { [keyHeader]: key }, signal: AbortSignal.timeout(5000) });
    return ok ? "up" : "busy";
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    return code === "ECONNREFUSED" ? "gone" : "busy";
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
