import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { withCalls } from "../../../models/calls.ts";
import { createLedger } from "../../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { analystBrain, titleOf } from "../../support/model-server/analyst-brain.ts";
import type { BrainRequest } from "../../support/model-server/brain.ts";
import { BrainModel, journaled } from "../../support/model-server/brain-model.ts";
import { rollOut, type Labelled } from "../rollouts.ts";
import { createSkillFolder, type SkillFolder } from "../../../skills/folder.ts";

/** What is said in place of the analyst's brain, by the title of the prompt: a value is sent as JSON, a text as it is. */
export type Script = Record<string, (request: BrainRequest) => unknown>;

/** No reply that anything could read. */
export const mute = () => "I would rather not say.";

/** A model that follows a script where there is one, and thinks for itself otherwise. */
export function modelOf(script: Script = {}) {
  const chat = new BrainModel(async (request) => {
    const said = await script[titleOf(request)]?.(request);
    if (said === undefined) return analystBrain(request);
    return { text: typeof said === "string" ? said : JSON.stringify(said) };
  });
  const asked = (title: string) => chat.requests.filter((request) => titleOf(request) === title);
  return { model: journaled(chat), requests: chat.requests, asked };
}

/** Does some work as a node does it, and keeps what it tells. */
export async function atWork<Value>(work: () => Promise<Value>): Promise<{ value: Value; told: string[] }> {
  const told: string[] = [];
  const ledger = createLedger({ store: createMemoryStore(), family: "f", run: "r" });
  const { signal } = new AbortController();
  const { value } = await withCalls(
    { name: () => "work", ledger, signal, tell: (message) => told.push(message) },
    work,
  );
  return { value, told };
}

export const textOfRequest = ({ messages }: BrainRequest) => messages.map(({ text }) => text).join("\n");

/** A valid skill that sorts messages, with some rules. */
export function sorter(...bullets: string[]): SkillFolder {
  const rules = bullets.length === 0 ? "" : `\n## Rules\n\n${bullets.map((bullet) => `- ${bullet}\n`).join("")}`;
  const text = `---\nname: sorter\ndescription: Sorts messages.\n---\n\n# Sorter\n\nBe fair.\n${rules}`;
  return createSkillFolder("sorter", { "SKILL.md": new TextEncoder().encode(text) });
}

export const lampTasks: Labelled[] = [
  ["the lamp is broken", "lights"],
  ["my lamp broke", "lights"],
  ["the tap drips", "water"],
  ["a tap again", "water"],
];

export const rollOutOn = (skill: SkillFolder, tasks: readonly Labelled[] = lampTasks) =>
  rollOut([skill], tasks, createProcedureAgent());
