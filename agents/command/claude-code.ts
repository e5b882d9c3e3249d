import type { TaskAgent } from "../agent.ts";
import { readClaudeCodeStream } from "./claude-code-stream.ts";
import { createPresetAgent, type Preset, type PresetOptions } from "./preset.ts";

const reading = ["Skill", "Read", "Glob", "Grep"];
const writing = ["Write", "Edit", "Bash"];

export const claudeCode: Preset = {
  name: "claude-code",
  program: "claude",
  install: "npm install --global @anthropic-ai/claude-code",
  key: "ANTHROPIC_API_KEY",
  read: readClaudeCodeStream,
  arrange: ({ model, baseUrl, key, write = false }) => ({
    words: [
      "--print",
      "--output-format=stream-json",
      "--verbose",
      `--allowedTools=${[...reading, ...(write ? writing : [])].join(",")}`,
      ...(write ? [] : [`--disallowedTools=${writing.join(",")}`]),
      ...(model === undefined ? [] : [`--model=${model}`]),
    ],
    set: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      // Its own ten attempts take minutes, also where a key is refused.
      CLAUDE_CODE_MAX_RETRIES: "3",
      ...(baseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: baseUrl }),
      // It does not start without a key, whatever the server needs.
      ...(key === null ? { ANTHROPIC_API_KEY: "none" } : {}),
    },
  }),
};

/** Claude Code, installed as `claude`. `baseUrl` is that of a Messages API, without `/v1`. */
export function createClaudeCode(options: PresetOptions = {}): Promise<TaskAgent> {
  return createPresetAgent(claudeCode, options);
}
