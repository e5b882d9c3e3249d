import { z } from "zod";
import { decodeText, bytesOf, type SkillFolder } from "../../skills/folder.ts";
import type { TextEdit } from "../../state/program.ts";
import { tell } from "../../models/calls.ts";
import type { Patch, PatchContext, PatchWorker, SupportedEdit } from "../analyst.ts";
import { createAsker, type Asker } from "./ask.ts";
import { skillsText, type Reach } from "./case-text.ts";
import { listText, experienceTexts } from "./draft-text.ts";
import { checkEdits, editsSchema, usableEdits } from "./edit-check.ts";
import { clip } from "./ladder.ts";
import { createModelMerger, type Merger, type MergerOptions } from "./merger.ts";
import { plainConventions } from "./proposer.ts";
import { createModelRanker, type Ranker } from "./ranker.ts";

export interface PatchWorkerOptions extends MergerOptions {
  /** How the skill must be written for the agent to follow it. */
  conventions?: string | undefined;
  merger?: Merger | undefined;
  ranker?: Ranker | undefined;
}

/**
 * Works on edits from several groups of tasks: merges them, ranks them, says how many are applied, and writes files anew from them (SkillOpt,
 * arXiv 2605.23904, gradient/aggregate.py, optimizer/clip.py and rewrite.py). One call each, and one where an edit needs repair.
 */
export function createModelPatchWorker(
  options: PatchWorkerOptions,
): Required<PatchWorker> & { readonly fingerprint: string } {
  const { conventions = plainConventions } = options;
  const { merger = createModelMerger(options), ranker = createModelRanker(options) } = options;
  const asker = createAsker(options);
  return {
    fingerprint: `${asker.fingerprint}/${merger.fingerprint}/${ranker.fingerprint}`,
    merge: (patches, of) => mergeBy(asker, patches.flat(), of),
    async rank(patch, { deficiencies, skills, budget }) {
      const single = patch.map((one) => ({ reason: reasonOf(one), edits: [one.edit], one }));
      return (await ranker.rank(single, deficiencies, skills, budget)).map(({ one }) => one);
    },
    async choose(patch, { skills, tasks, failed }) {
      const reply = await asker.ask({
        prompt: "choose-edits",
        name: "number",
        schema: z.strictObject({ edits: z.union([z.number(), z.string()]) }),
        fill: (limits, quote) => ({
          skills: skillsText(skills, { limits, quote }),
          edits: numbered(patch, { limits, quote }),
          tasks: String(tasks),
          failed: String(failed),
        }),
      });
      if ("value" in reply) return reply.value.edits;
      tell(`the number of edits is missing, so none is applied: ${reply.missing}`);
      return null;
    },
    distill(patches, { deficiencies, skills, budget }, characters) {
      const proposals = patches.map((patch) => ({
        reason: [...new Set(patch.map(reasonOf))].join("; "),
        edits: patch.map(({ edit }) => edit),
      }));
      return merger.merge(proposals, deficiencies, skills, { experience: budget, characters });
    },
    rewrite: (patch, of) => rewriteBy(asker, patch, { ...of, conventions }),
  };
}

async function mergeBy(asker: Asker, all: Patch, { skills, budget }: PatchContext): Promise<Patch | null> {
  const limit = all.length;
  const { edits: list } = editsSchema(skills, limit).shape;
  const schema = z.strictObject({ edits: z.array(list.element.extend({ from: z.array(z.int()) })).max(limit) });
  const reply = await asker.ask({
    prompt: "merge-edits",
    name: "edits",
    schema,
    fill: (limits, quote) => ({
      skills: skillsText(skills, { limits, quote }),
      edits: numbered(all, { limits, quote }),
      ...experienceTexts(budget, { limits, quote }),
      limit: String(limit),
    }),
  });
  if ("missing" in reply) {
    tell(`the merge of ${limit} edits is missing, they are merged by counting: ${reply.missing}`);
    return null;
  }
  const sources = new Map(reply.value.edits.map(({ from, ...edit }) => [keyOf(edit), from]));
  const plain = reply.value.edits.map(({ skill, file, op, anchor, text }) => ({ skill, file, op, anchor, text }));
  const { edits } = await usableEdits(plain, {
    asker,
    skills,
    limit,
    rejected: budget.rejected,
    schema: (most) => editsSchema(skills, most),
  });
  return edits.map((edit) => supported(edit, sources.get(keyOf(edit)) ?? [], all));
}

/** An edit with what its sources have together; one that names none is asked for by one task. */
function supported(edit: TextEdit, from: readonly number[], all: Patch): SupportedEdit {
  const sources = [...new Set(from)].flatMap((number) => all[number - 1] ?? []);
  const isSuccess = sources.length > 0 && sources.every(({ outcome }) => outcome === "successes");
  return {
    edit,
    support: Math.max(
      1,
      sources.reduce((sum, { support }) => sum + support, 0),
    ),
    outcome: isSuccess ? "successes" : "failures",
  };
}

/** What tells merged edits apart once line ends and breaks were put right. */
function keyOf({ skill, file, op, anchor, text }: TextEdit): string {
  return JSON.stringify([skill, file, op, anchor.trim(), text.trim()].map((part) => part.replaceAll("\r\n", "\n")));
}

interface Rewriting extends PatchContext {
  conventions: string;
}

async function rewriteBy(
  asker: Asker,
  patch: Patch,
  { skills, budget, conventions }: Rewriting,
): Promise<TextEdit[] | null> {
  const skill = z.enum(skills.map(({ name }) => name) as [string, ...string[]]);
  const file = z.strictObject({ skill, file: z.string(), text: z.string().min(1) });
  const reply = await asker.ask({
    prompt: "rewrite",
    name: "files",
    schema: z.strictObject({ files: z.array(file) }),
    fill: (limits, quote) => ({
      skills: skillsText(skills, { limits, quote }),
      edits: numbered(patch, { limits, quote }),
      guidance: experienceTexts(budget, { limits, quote }).guidance,
      conventions,
    }),
  });
  if ("missing" in reply) {
    tell(`the rewriting is missing: ${reply.missing}`);
    return null;
  }
  const edits = reply.value.files.flatMap(({ skill: name, file: path, text }) => {
    const anchor = textIn(skills, name, path);
    if (anchor === undefined) tell(`a rewritten file is dropped: ${name} has no text file ${path}`);
    return anchor === undefined || anchor === text
      ? []
      : [{ skill: name, file: path, op: "replace" as const, anchor, text }];
  });
  return checkEdits(edits, { skills, rejected: budget.rejected }).edits;
}

function textIn(skills: readonly SkillFolder[], name: string, path: string): string | undefined {
  const skill = skills.find((each) => each.name === name);
  const bytes = skill === undefined ? undefined : bytesOf(skill, path);
  return bytes === undefined ? undefined : decodeText(bytes);
}

function reasonOf({ support, outcome }: SupportedEdit): string {
  return `from ${outcome === "failures" ? "failures" : "what went well"}, asked for by ${support} tasks`;
}

function numbered(patch: Patch, { limits, quote }: Reach): string {
  const lines = patch.map((one, index) =>
    quote(`edit ${index + 1}`, clip(`${reasonOf(one)}\n${JSON.stringify(one.edit)}`, limits)),
  );
  return listText(lines);
}
