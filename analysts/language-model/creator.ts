import { z } from "zod";
import { createSkillFolder, SKILL_FILE, type SkillFolder } from "../../skills/folder.ts";
import { unpublishable } from "../../skills/limits.ts";
import { descriptionFrom, skillText } from "../../skills/minimal.ts";
import { CallError, SettingsError } from "../../state/errors.ts";
import { canonicalJson, hashJson } from "../../state/json.ts";
import type { Creator, Example } from "../creator.ts";
import { createAsker, type ModelNeeds } from "./ask.ts";
import { expectedText, type Reach } from "./case-text.ts";
import { listText } from "./draft-text.ts";
import { clip } from "./ladder.ts";
import { plainConventions } from "./proposer.ts";

export interface CreatorOptions extends ModelNeeds {
  /** Most train tasks shown, with their answers. Default 20. */
  examples?: number | undefined;
  /** How the skill must be written for the agent to follow it. */
  conventions?: string | undefined;
}

/** Asks a model once for the first version of a skill, from examples and documents (the creator of SkillForge, arXiv 2604.08618). */
export function createModelCreator(options: CreatorOptions): Creator {
  const { examples: limit = 20, conventions = plainConventions } = options;
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw new SettingsError("examples", `examples is ${limit}; it must be a whole number from 1.`);
  }
  const asker = createAsker(options);
  return {
    fingerprint: `${asker.fingerprint}/${limit}/${hashJson(conventions).slice(0, 8)}`,
    async create({ name, examples, documents = {} }) {
      const shown = oneOfEachFirst(examples).slice(0, limit);
      const reply = await asker.ask({
        prompt: "create",
        name: "skill",
        schema: z.strictObject({ description: z.string(), body: z.string() }),
        fill: (limits, quote) => ({
          name,
          tasks: listText(
            shown.slice(0, limits.entries).map((each, index) => exampleText(index + 1, each, { limits, quote })),
          ),
          documents: listText(
            Object.entries(documents).map(([title, text], index) =>
              quote(`document ${index + 1}`, clip(`${title}\n${text}`, limits)),
            ),
          ),
          conventions,
        }),
      });
      if ("missing" in reply) {
        throw new CallError(`No skill was drafted: ${reply.missing} Give a skill to start from, or try another model.`);
      }
      return skillOf(name, reply.value);
    },
  };
}

/** The first example of each expected answer, then the second of each, and so on. */
function oneOfEachFirst(examples: readonly Example[]): Example[] {
  const turns = new Map<string, number>();
  const placed = examples.map((example) => {
    const kind = canonicalJson(example.expected);
    const turn = turns.get(kind) ?? 0;
    turns.set(kind, turn + 1);
    return { turn, example };
  });
  return placed.toSorted((a, b) => a.turn - b.turn).map(({ example }) => example);
}

function exampleText(number: number, { question, expected }: Example, { limits, quote }: Reach): string {
  const wanted = expectedText(expected);
  const files = Object.entries(question.files ?? {}).map(([path, text]) => `${path}\n${text}`);
  const part = (label: string, text: string) => quote(`task ${number}, ${label}`, clip(text, limits));
  return [
    part("message", question.input),
    ...(files.length === 0 ? [] : [part("files", files.join("\n\n"))]),
    ...(wanted === null ? [] : [part("expected answer", wanted)]),
  ].join("\n");
}

function skillOf(name: string, written: { description: string; body: string }): SkillFolder {
  const text = skillText({ name, description: descriptionFrom(written.description), body: written.body });
  const skill = createSkillFolder(name, { [SKILL_FILE]: new TextEncoder().encode(text) });
  const [problem] = unpublishable(skill);
  if (problem === undefined) return skill;
  throw new CallError(
    `The model drafted a skill that cannot be used. ${problem.message} Give a skill to start from, or try another model.`,
  );
}
