import { HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import { bytesOf, isSingleText, textOf, type SkillFolder } from "../../skills/folder.ts";
import type { Question } from "../../state/task.ts";
import { catalogueOf, frontmatterOf, requestFor } from "../catalogue.ts";

/** A file the model may read. `skill` is the one it belongs to; none for a file of the question. */
export interface ReadableFile {
  bytes: Uint8Array;
  skill?: string;
}

/** What a model is sent first, what it may read, by path, and the skills whose text is in it already. */
export interface Prompt {
  messages: BaseMessage[];
  files: ReadonlyMap<string, ReadableFile>;
  shown: string[];
}

/**
 * Skills the way they are deployed: a text such as AGENTS.md and the body of a skill of one file are the system prompt, as
 * they are; of several skills or files the model gets a catalogue, and reads what it needs.
 */
export function promptOf(question: Question, skills: readonly SkillFolder[]): Prompt {
  const [only] = skills;
  const isShown = skills.length === 1 && only !== undefined && Object.keys(only.files).length === 1;
  const system = isShown ? shownText(only) : catalogueOf(skills);
  const files = new Map<string, ReadableFile>();
  if (!isShown) {
    for (const skill of skills) {
      for (const path of Object.keys(skill.files).toSorted()) {
        files.set(`skills/${skill.name}/${path}`, { bytes: bytesOf(skill, path) as Uint8Array, skill: skill.name });
      }
    }
  }
  const given = Object.entries(question.files ?? {}).map(([path, text]) => [`files/${path}`, text] as const);
  for (const [path, text] of given) files.set(path, { bytes: new TextEncoder().encode(text) });
  const human = new HumanMessage(requestFor(question));
  return {
    messages: system.trim() === "" ? [human] : [new SystemMessage(system), human],
    files,
    shown: isShown ? [only.name] : [],
  };
}

function shownText(skill: SkillFolder): string {
  return isSingleText(skill) ? (textOf(skill) ?? "") : frontmatterOf(skill).body.trim();
}
