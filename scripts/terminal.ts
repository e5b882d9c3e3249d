import { spawn } from "node:child_process";
import { once } from "node:events";

/** A shell in a folder, as one that follows a guide has it: commands, and what they showed. */
export interface Terminal {
  /** Runs a command to its end, and gives it with all it wrote, errors too. Throws where its exit code is another. */
  run(command: string, expected?: { code: number }): Promise<string>;
  /** Starts a command and waits for a line. */
  start(command: string, line: RegExp): Promise<Started>;
}

export interface Started {
  /** The command with what it showed up to the line that was waited for. */
  shown: string;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Nothing of the environment but what is given gets in: no keys, no settings, no colors. */
export function openTerminal(folder: string, environment: Record<string, string>): Terminal {
  const spawnShell = (command: string) => {
    const child = spawn("sh", ["-c", command], {
      cwd: folder,
      env: { NO_COLOR: "1", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    const ended = once(child, "close").then(([code]) => {
      process.off("exit", kill);
      return code as number | null;
    });
    return { child, ended, output: () => output };
  };
  const shownOf = (command: string, output: string) => `$ ${command}\n${output}`.trimEnd();
  return {
    async run(command, { code: expected } = { code: 0 }) {
      const { ended, output } = spawnShell(`{ ${command}\n} 2>&1`);
      const code = await ended;
      if (code !== expected) throw new Error(`${command}\nended with ${code} and not ${expected}:\n${output()}`);
      return shownOf(command, output());
    },
    async start(command, line) {
      const { child, ended, output } = spawnShell(`exec ${command} 2>&1`);
      const found = () => line.exec(output());
      const seen = new Promise<void>((done) => child.stdout.on("data", () => found() !== null && done()));
      const isEnded = await Promise.race([seen.then(() => false), ended.then(() => true)]);
      if (isEnded && found() === null) throw new Error(`${command}\nended before a line like ${line}:\n${output()}`);
      const { index, 0: match } = found() as RegExpExecArray;
      return {
        shown: shownOf(command, output().slice(0, index + match.length)),
        async end(signal) {
          child.kill(signal);
          await ended;
        },
      };
    },
  };
}
