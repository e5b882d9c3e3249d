import type { BindToolsInput } from "@langchain/core/language_models/chat_models";
import { HumanMessage, ToolMessage, type AIMessage, type BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import { placeOf } from "../../skills/edits.ts";
import { editsBetween } from "../../skills/files/edits-between.ts";
import { fileCalls } from "../../skills/files/file-calls.ts";
import { createVirtualFiles, type VirtualFiles } from "../../skills/files/virtual-files.ts";
import { decodeText, mainFile, type SkillFolder } from "../../skills/folder.ts";
import { reasonOf, shorten } from "../../skills/shorten.ts";
import { CallError, SettingsError } from "../../state/errors.ts";
import { FileOperationName } from "../../state/file-operation.ts";
import { hashJson } from "../../state/json.ts";
import type { Draft } from "../../state/program.ts";
import { tell } from "../../models/calls.ts";
import type { EditBudget, FileEditor } from "../analyst.ts";
import { createAsker, type Asker, type ModelNeeds } from "./ask.ts";
import type { Reach } from "./case-text.ts";
import { failuresShown, keptShown, type Studied } from "./choice.ts";
import { evidenceTexts } from "./draft-text.ts";
import { checkEdits } from "./edit-check.ts";
import { plainConventions } from "./proposer.ts";
import { createSilence } from "./silence.ts";
import { usualEffort } from "./effort.ts";

export interface FileEditorOptions extends ModelNeeds {
  /** Maximum number of replies; in the last one nothing can be done any more. Default 24. */
  steps?: number | undefined;
  /** Most failures shown. Default 16. */
  cases?: number | undefined;
  /** How the skill must be written for the agent to follow it. */
  conventions?: string | undefined;
}

const reasonCharacters = 300;
/** Characters that the tools return in all, for each token that a prompt may have. */
const returnedPerToken = 4;

/**
 * Has a model work on the files of the skills with tools: the optimizer of SkillForge over a virtual file system (arXiv 2604.08618 [P]; limits are
 * ours [R]). What it leaves behind is turned into edits. As published, it changes SKILL.md and references/, and no scripts. Throws a
 * PartError where the calls of two drafts in a row are missing.
 */
export function createModelFileEditor(
  options: FileEditorOptions,
): Required<FileEditor> & { readonly fingerprint: string } {
  const {
    steps = usualEffort.filesCalls,
    cases = 16,
    conventions = plainConventions,
    promptTokens = usualEffort.promptTokens,
  } = options;
  for (const [name, value] of Object.entries({ steps, cases })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new SettingsError(name, `${name} is ${value}; it must be a whole number from 1.`);
  }
  const asker = createAsker(options);
  const refuseSilence = createSilence("file editor", options.model.fingerprint);
  return {
    fingerprint: `${asker.fingerprint}/${steps}+${cases}/${hashJson(conventions).slice(0, 8)}`,
    async editFiles(deficiencies, skills, replay, budget) {
      const files = createVirtualFiles(skills, { mayChange: (file) => isPublished(file, skills) });
      const request = { deficiencies, skills, replay, budget };
      const messages = await messagesFor(request, { asker, cases, steps, conventions });
      const said = await converse(messages, {
        model: options.model,
        files,
        steps,
        most: returnedPerToken * promptTokens,
      });
      refuseSilence([said]);
      if ("missing" in said) {
        tell(`a draft is missing: ${said.missing}`);
        return { drafts: [], simulations: 0 };
      }
      const draft = draftOf(request, { files, reason: said.value });
      return { drafts: draft === undefined ? [] : [draft], simulations: 0 };
    },
  };
}

/** Whether a skill as SkillForge has it may hold the file: SKILL.md, or what is below references/. */
function isPublished(file: string, skills: readonly SkillFolder[]): boolean {
  return skills.some((skill) => file === mainFile(skill)) || file.startsWith("references/");
}

interface Request extends Studied {
  budget: EditBudget;
}

function messagesFor(
  { budget, ...studied }: Request,
  { asker, cases, steps, conventions }: { asker: Asker; cases: number; steps: number; conventions: string },
): Promise<BaseMessage[]> {
  const failing = failuresShown(studied, cases);
  const kept = keptShown(studied.replay, failing);
  return asker.messagesFor({
    prompt: "edit-files",
    fill: (limits, quote) => ({
      ...evidenceTexts({ deficiencies: studied.deficiencies, failing, kept, budget }, { limits, quote }),
      files: filesText(studied.skills, { limits, quote }),
      conventions,
      limit: String(budget.edits),
      steps: String(steps),
    }),
  });
}

/** Paths and sizes: the texts are read with tools. */
function filesText(skills: readonly SkillFolder[], { quote }: Reach): string {
  const lines = skills.flatMap(({ name, files }) =>
    Object.entries(files).map(([file, bytes]) => {
      const text = decodeText(bytes);
      return `${name}/${file}: ${text === undefined ? "not text" : `${text.length} characters`}`;
    }),
  );
  return quote("files", lines.join("\n"));
}

interface Conversation {
  model: ModelNeeds["model"];
  files: VirtualFiles;
  steps: number;
  /** Maximum number of characters that the tools return. */
  most: number;
}

/** What the model says at the end; what it did is in the files. */
async function converse(
  messages: BaseMessage[],
  { model, files, steps, most }: Conversation,
): Promise<{ value: string } | { missing: string }> {
  const working = model.bindTools?.(tools);
  const closing = model.bindTools?.(tools, { tool_choice: "none" } as object);
  if (working === undefined || closing === undefined)
    throw new SettingsError("analyst", `The model ${model.fingerprint} takes no tools, so it cannot work on files.`);
  const returned = { characters: 0 };
  for (let step = 1; ; step += 1) {
    let reply: AIMessage;
    try {
      reply = (await (step >= steps ? closing : working).invoke(messages)) as AIMessage;
    } catch (error) {
      if (error instanceof CallError) return { missing: reasonOf(error) };
      throw error;
    }
    const { tool_calls: calls = [], invalid_tool_calls: broken = [] } = reply;
    if (step >= steps && calls.length + broken.length > 0) tell(`the work on files ended after ${steps} replies`);
    if (step >= steps || calls.length + broken.length === 0) return { value: reply.text };
    messages.push(reply, ...calls.map((call) => perform(call, { files, returned, most })));
    if (broken.length === 0) continue;
    const wrong = broken.map(({ args, error }) => `${shorten(args ?? "", 200)}: ${error}`).join("\n");
    messages.push(new HumanMessage(`These arguments of a tool are not valid JSON.\n${wrong}`));
  }
}

const tools: BindToolsInput[] = FileOperationName.options.map((name) => ({
  type: "function",
  function: {
    name,
    description: fileCalls[name].does,
    parameters: z.toJSONSchema(fileCalls[name].schema, { io: "input" }),
  },
}));

function perform(
  { name, args, id = "" }: { name: string; args: Record<string, unknown>; id?: string | undefined },
  { files, returned, most }: { files: VirtualFiles; returned: { characters: number }; most: number },
): ToolMessage {
  const result = files.perform(name, args);
  const content = JSON.stringify(result);
  returned.characters += content.length;
  if (returned.characters <= most) return new ToolMessage({ content, tool_call_id: id });
  const message = `${result.message} The tools have returned as much text as they may: finish with what you know.`;
  return new ToolMessage({ content: JSON.stringify({ ...result, data: null, message }), tool_call_id: id });
}

function draftOf(
  { deficiencies, skills, budget }: Request,
  { files, reason }: { files: VirtualFiles; reason: string },
): Draft | undefined {
  const found = editsBetween(skills, files.skills(), budget.edits);
  const whole = checkEdits(found, { skills, rejected: [], isExact: true });
  const [fault] = whole.faults;
  if (fault !== undefined) {
    tell(`the work on files is dropped: ${fault.problem}`);
    return undefined;
  }
  const { edits, faults } = checkEdits(whole.edits, { skills, rejected: budget.rejected, isExact: true });
  for (const { edit, problem } of faults) tell(`an edit of ${placeOf(edit)} is dropped: ${problem}`);
  if (edits.length === 0) return undefined;
  const [worst] = deficiencies;
  const operations = [...files.log()];
  return {
    edits,
    origin: {
      operator: "files",
      target: shorten(worst === undefined ? "" : (worst.place ?? `${worst.skill}/${worst.file}`), 80),
      features: { reason: shorten(reason, reasonCharacters), operations: operations.length, dropped: faults.length },
    },
    operations,
  };
}
