import { z } from "zod";
import type { SkillFolder } from "../../skills/folder.ts";
import { unpublishable } from "../../skills/limits.ts";
import { CallError, SettingsError } from "../../state/errors.ts";
import { canonicalJson, hashJson } from "../../state/json.ts";
import type { Creator, Example } from "../creator.ts";
import { assembleSkill } from "../creation/sections.ts";
import { mineTools, toolsJson, type ToolUse } from "../creation/tool-use.ts";
import { createAsker, type ModelNeeds } from "./ask.ts";
import { expectedText, type Reach } from "./case-text.ts";
import { listText, none } from "./draft-text.ts";
import { clip } from "./ladder.ts";
import { plainConventions } from "./proposer.ts";

export interface CreatorOptions extends ModelNeeds {
  /** Most train tasks shown, with their answers. Default 20. */
  examples?: number | undefined;
  /** How the skill must be written for the agent to follow it. */
  conventions?: string | undefined;
}

/**
 * Asks a model once for the first version of a skill, from past cases, documents and tools (the creator of SkillForge, arXiv 2604.08618 [P], with
 * one call in place of one for each case [R]). Tools are counted, and the skill is put together, without a model.
 */
export function createModelCreator(options: CreatorOptions): Creator {
  const { examples: limit = 20, conventions = plainConventions } = options;
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw new SettingsError("examples", `examples is ${limit}; it must be a whole number from 1.`);
  }
  const asker = createAsker(options);
  return {
    fingerprint: `${asker.fingerprint}/${limit}/${hashJson(conventions).slice(0, 8)}`,
    async create({ name, examples, documents = {}, tools = [] }) {
      const shown = oneOfEachFirst(examples).slice(0, limit);
      const used = mineTools(tools, examples);
      const reply = await asker.ask({
        prompt: "create",
        name: "skill",
        schema: Reply,
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
          tools: used.length === 0 ? none : quote("tools", clip(toolsJson(used), limits)),
          conventions,
        }),
      });
      if ("missing" in reply) {
        throw new CallError(`No skill was drafted: ${reply.missing} Give a skill to start from, or try another model.`);
      }
      return skillOf(reply.value, { name, documents, used });
    },
  };
}

const Reply = z.strictObject({
  description: z.string(),
  background: z.string(),
  triage: z.string(),
  scenarios: z.array(z.strictObject({ title: z.string(), text: z.string() })),
  faq: z.array(z.strictObject({ question: z.string(), answer: z.string() })),
  more: z.string(),
  references: z.array(z.int()),
});

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

/** The documents that the reply names by number are kept as references. */
function skillOf(
  { references, ...parts }: z.infer<typeof Reply>,
  { name, documents, used }: { name: string; documents: Readonly<Record<string, string>>; used: readonly ToolUse[] },
): SkillFolder {
  const kept = Object.entries(documents).filter((_, index) => references.includes(index + 1));
  const skill = assembleSkill({ ...parts, name, documents: Object.fromEntries(kept), tools: used });
  const [problem] = unpublishable(skill);
  if (problem === undefined) return skill;
  throw new CallError(
    `The model drafted a skill that cannot be used. ${problem.message} Give a skill to start from, or try another model.`,
  );
}
