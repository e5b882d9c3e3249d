import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Ax {
  version: string;
  /** The file of its module. */
  module: string;
  /** A way to ask the server one thing. */
  connect(url: string, system: string): (input: string) => Promise<unknown>;
  remove(): void;
}

interface AxModule {
  ai(options: object): { chat(request: object, options: object): Promise<unknown> };
}

/** Puts @ax-llm/ax into a temporary folder; where that fails, gives the reason. */
export async function installAx(): Promise<Ax | string> {
  const folder = mkdtempSync(join(tmpdir(), "skillgraph-ax-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const install = spawnSync("npm", ["install", "--no-audit", "--no-fund", "@ax-llm/ax"], {
    cwd: folder,
    // Without it the package writes skills into the home folder.
    env: { ...process.env, AX_SKIP_SKILL_INSTALL: "1" },
    encoding: "utf8",
    timeout: 180_000,
  });
  if (install.status !== 0) {
    remove();
    return install.stderr.trim().split("\n").at(-1) ?? "npm failed";
  }
  const place = join(folder, "node_modules/@ax-llm/ax");
  const { version } = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as { version: string };
  const module = join(place, "index.js");
  const { ai } = (await import(pathToFileURL(module).href)) as AxModule;
  return {
    version,
    module,
    remove,
    connect(url, system) {
      const config = { model: "simulated", temperature: 0, stream: false };
      const service = ai({ name: "openai", apiKey: "none", apiURL: url, config });
      return (input) => {
        const chatPrompt = [
          { role: "system", content: system },
          { role: "user", content: input },
        ];
        return service.chat({ chatPrompt }, { stream: false });
      };
    },
  };
}
