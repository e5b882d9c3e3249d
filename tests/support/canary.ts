import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeHouseTasks } from "./house-files.ts";
import { analystBrain, isForAnalyst } from "./model-server/analyst-brain.ts";
import { createSkillFollower } from "./model-server/skill-follower.ts";
import { startModelServer } from "./model-server/server.ts";
import { builtCommand } from "./started/compiled.ts";

/** A key nobody else has. */
export const canary = "sk-canary-4f9d81c2e7";

/** The canary in a text: as it stands, in a URL, and in base64 at any alignment, as far as that is its own. */
export function canariesIn(text: string): string[] {
  const encoded = ["", "x", "xx"].map((before) =>
    Buffer.from(before + canary)
      .toString("base64")
      .slice(4, 20),
  );
  return [canary, encodeURIComponent(canary), ...encoded].filter((form) => text.includes(form));
}

export interface CanarySearch {
  /** Commands that were run, with their exit codes. */
  commands: Array<{ words: string; code: number | null }>;
  /** Answers of the server that quoted the key. */
  quoted: number;
  /** Bytes searched, by place. */
  searched: Record<string, number>;
  /** Places with the canary in it. */
  leaks: string[];
}

/**
 * A run of the command line whose key is the canary, against a server of which every fourth answer is an error that quotes the
 * header it was sent; then the commands that read what is stored, and a server that refuses the key. All of what was printed
 * and written is searched.
 */
export async function searchForCanary(folder: string): Promise<CanarySearch> {
  const tasks = writeHouseTasks(folder);
  const follower = createSkillFollower();
  let [quoted, isRefusing] = [0, false];
  const server = await startModelServer({
    brain: (request) => (isForAnalyst(request) ? analystBrain(request) : follower(request)),
    decide({ headers: { authorization = "" } }, index) {
      if (!isRefusing && index % 4 !== 3) return undefined;
      quoted += 1;
      const basic = Buffer.from(`key:${authorization.replace("Bearer ", "")}`).toString("base64");
      const message = `Authorization: ${authorization}, Basic ${basic}`;
      return {
        respond: (response) =>
          void response
            .writeHead(isRefusing ? 401 : 400, { "content-type": "application/json" })
            .end(JSON.stringify({ error: { message } })),
      };
    },
  });
  const environment = { ...process.env, OPENAI_BASE_URL: server.url, OPENAI_API_KEY: canary };
  const store = ["--store", `file:${join(folder, "runs.db")}`, "--verbose"];
  const parts = ["--agent", "chat:simulated", "--analyst", "simulated"];
  const small = ["--generations", "2", "--set", "batch=8", "--set", "wave=4"];
  const optimize = ["optimize", "--tasks", tasks, ...parts, ...small];
  const commands: CanarySearch["commands"] = [];
  const printed: Record<string, string> = {};

  async function command(...words: string[]): Promise<void> {
    const child = spawn(process.execPath, [builtCommand, ...words, ...store], { env: environment });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (said) => (text += said));
    const [code] = (await once(child, "close")) as [number | null];
    commands.push({ words: words.join(" "), code });
    printed[`printed by ${words[0]} (${commands.length})`] = text;
  }

  await command(...optimize, "--run", "a", "--out", join(folder, "out"));
  await command("show", "a", "--diff", "--json");
  await command("export", "a", "--to", `file:${join(folder, "copy.db")}`);
  await command("doctor", "--agent", "chat:simulated", "--tasks", tasks);
  isRefusing = true;
  await command(...optimize, "--run", "b", "--skill", join(folder, "out", "house"), "--out", join(folder, "more"));
  await command("doctor", "--agent", "chat:simulated", "--tasks", tasks, "--call");
  await server.close();

  const places = { ...printed, ...filesBelow(folder) };
  return {
    commands,
    quoted,
    searched: Object.fromEntries(Object.entries(places).map(([place, text]) => [place, text.length])),
    leaks: Object.keys(places).filter((place) => canariesIn(places[place] as string).length > 0),
  };
}

function filesBelow(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "latin1")]),
  );
}
