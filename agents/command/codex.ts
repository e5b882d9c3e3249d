import type { TaskAgent } from "../agent.ts";
import { readCodexStream } from "./codex-stream.ts";
import { createPresetAgent, type Preset, type PresetOptions } from "./preset.ts";

export const codex: Preset = {
  name: "codex",
  program: "codex",
  install: "npm install --global @openai/codex",
  key: "OPENAI_API_KEY",
  read: readCodexStream,
  arrange({ model, baseUrl = "https://api.openai.com/v1", key, write = false }) {
    // JSON texts are TOML texts.
    const provider = Object.entries({ name: "chosen", base_url: baseUrl, wire_api: "responses", env_key: key })
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `model_providers.chosen.${name}=${JSON.stringify(value)}`);
    const settings = ['model_provider="chosen"', ...provider, "skills.bundled.enabled=false"];
    return {
      words: [
        "exec",
        "--json",
        "--skip-git-repo-check",
        `--sandbox=${write ? "workspace-write" : "read-only"}`,
        ...settings.map((setting) => `--config=${setting}`),
        ...(model === undefined ? [] : [`--model=${model}`]),
        "-",
      ],
      set: {},
    };
  },
};

/** Codex, installed as `codex`, without its bundled skills. `baseUrl` is that of a Responses API, with `/v1`. */
export function createCodex(options: PresetOptions = {}): Promise<TaskAgent> {
  return createPresetAgent(codex, options);
}
