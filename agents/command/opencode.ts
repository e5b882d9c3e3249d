import { SettingsError } from "../../state/errors.ts";
import type { TaskAgent } from "../agent.ts";
import { readOpencodeStream } from "./opencode-stream.ts";
import { createPresetAgent, type Preset, type PresetOptions } from "./preset.ts";

export const opencode: Preset = {
  name: "opencode",
  program: "opencode",
  install: "npm install --global opencode-ai (it needs ripgrep: rg)",
  key: "OPENAI_API_KEY",
  read: readOpencodeStream,
  arrange({ model, baseUrl, key, write = false }) {
    if (baseUrl !== undefined && model === undefined)
      throw new SettingsError(
        "agent",
        "opencode does not know the models of a custom server; give one: opencode:MODEL.",
      );
    const apiKey = key === null ? "none" : `{env:${key}}`;
    const local = {
      npm: "@ai-sdk/openai-compatible",
      name: "chosen",
      options: { baseURL: baseUrl, apiKey },
      models: { [model ?? ""]: { name: model ?? "" } },
    };
    const permission = write ? "allow" : "deny";
    const config = {
      autoupdate: false,
      share: "disabled",
      permission: { edit: permission, bash: permission, webfetch: "deny" },
      ...(baseUrl === undefined ? {} : { provider: { chosen: local } }),
    };
    const named = baseUrl === undefined ? model : `chosen/${model}`;
    return {
      // A title of its own would be one more call of the model.
      words: [
        "run",
        "--pure",
        "--format=json",
        "--title=rollout",
        ...(named === undefined ? [] : [`--model=${named}`]),
      ],
      set: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
        OPENCODE_DISABLE_AUTOUPDATE: "1",
        OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
        OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
        ...(baseUrl === undefined ? {} : { OPENCODE_DISABLE_MODELS_FETCH: "1" }),
      },
    };
  },
};

/**
 * opencode, installed as `opencode`. `model` is PROVIDER/MODEL; with `baseUrl`, that of a chat completions API with `/v1`, it is
 * the name of a model there.
 */
export function createOpencode(options: PresetOptions = {}): Promise<TaskAgent> {
  return createPresetAgent(opencode, options);
}
