import { z } from "zod";
import { applyEdits, placeOf, sizeProblem, subjectOf } from "../../skills/edits.ts";
import { bytesOf, decodeText, type SkillFolder } from "../../skills/folder.ts";
import { foldLineEnds } from "../../skills/line-ends.ts";
import { occurrencesOf } from "../../skills/occurrences.ts";
import { quote as shown } from "../../skills/shorten.ts";
import { EditError } from "../../state/errors.ts";
import { isTextEdit, TextEdit, type Edit } from "../../state/program.ts";
import { canonicalJson } from "../../state/json.ts";
import { tell } from "../../models/calls.ts";
import type { Asker } from "./ask.ts";
import { skillsText } from "./case-text.ts";
import { clip } from "./ladder.ts";

/** What a model replies where it is asked for edits: at most `limit`, of these skills. */
export function editsSchema(skills: readonly SkillFolder[], limit: number) {
  const skill = z.enum(skills.map(({ name }) => name) as [string, ...string[]]);
  const edit = z.strictObject({ ...TextEdit.shape, skill, file: z.string(), anchor: z.string(), text: z.string() });
  return z.strictObject({ reason: z.string(), edits: z.array(edit).max(limit) });
}

interface Fault {
  edit: Edit;
  problem: string;
}

export interface Checked<One extends Edit = TextEdit> {
  /** Edits that can be applied together. */
  edits: One[];
  faults: Fault[];
}

export interface CheckNeeds<One extends Edit> {
  asker: Asker;
  /** What the model replies where it is asked for so many edits. */
  schema(most: number): z.ZodType<{ reason: string; edits: One[] }>;
  skills: readonly SkillFolder[];
  limit: number;
  rejected: readonly Edit[];
}

/**
 * Edits that apply to the skills as they are, together. Where some do not, the model is asked for them once more, with what
 * is wrong; those that still do not fit are dropped, and told.
 */
export async function usableEdits<One extends Edit>(
  proposed: readonly One[],
  needs: CheckNeeds<One>,
): Promise<Checked<One>> {
  const { asker, skills, limit } = needs;
  const first = checkEdits(proposed, needs);
  if (first.faults.length === 0) return first;
  const reply = await asker.ask({
    prompt: "repair-edits",
    name: "edits",
    schema: needs.schema(first.faults.length),
    fill: (limits, quote) => ({
      skills: skillsText(skills, { limits, quote }),
      faults: first.faults
        .map((fault, index) =>
          quote(`edit ${index + 1}`, `${clip(JSON.stringify(fault.edit), limits)}\n${fault.problem}`),
        )
        .join("\n"),
      limit: String(first.faults.length),
    }),
  });
  const repaired = "missing" in reply ? [] : reply.value.edits;
  const last = checkEdits([...first.edits, ...repaired].slice(0, limit), needs);
  const faults = "missing" in reply ? first.faults : last.faults;
  for (const { edit, problem } of faults) tell(`an edit of ${placeOf(edit)} is dropped: ${problem}`);
  return { edits: last.edits, faults };
}

/** Takes edits in order, as long as they apply together with those before. Those that are not `exact` may lack line breaks, which they get. */
export function checkEdits<One extends Edit>(
  proposed: readonly One[],
  { skills, rejected, isExact = false }: Pick<CheckNeeds<One>, "skills" | "rejected"> & { isExact?: boolean },
): Checked<One> {
  const checked: Checked<One> = { edits: [], faults: [] };
  for (const given of proposed) {
    const tooLong = sizeProblem(given);
    if (tooLong !== undefined) {
      checked.faults.push({ edit: given, problem: tooLong.message });
      continue;
    }
    const edit = isTextEdit(given) && !isExact ? (onLinesOfItsOwn(given, skills) as typeof given) : given;
    const problem = rejected.some((each) => keyOf(each) === keyOf(edit))
      ? `The ${edit.op} of ${shown(subjectOf(edit))} was tried and turned down.`
      : problemOf([...checked.edits, edit], skills);
    if (problem === null) checked.edits.push(edit);
    else checked.faults.push({ edit, problem });
  }
  return checked;
}

function problemOf(edits: readonly Edit[], skills: readonly SkillFolder[]): string | null {
  try {
    applyEdits(skills, edits);
    return null;
  } catch (error) {
    if (error instanceof EditError) return error.message;
    throw error;
  }
}

function keyOf(edit: Edit): string {
  return canonicalJson(Object.fromEntries(Object.entries(edit).map(([key, value]) => [key, foldLineEnds(value)])));
}

/** A heading, a list item, a quotation, a row of a table or a code fence: what only means something on a line of its own. */
const block = /^(#{1,6} |[-*+] |\d+[.)] |> |\||```)/;

/**
 * A block put beside a whole line, or at the end of a file, gets the line break without which it would be no block. Line ends of the
 * edit become LF; those of the file are put in where it is applied.
 */
function onLinesOfItsOwn(given: TextEdit, skills: readonly SkillFolder[]): TextEdit {
  const skill = skills.find(({ name }) => name === given.skill);
  const found = skill === undefined ? undefined : decodeText(bytesOf(skill, given.file) ?? new Uint8Array());
  if (found === undefined) return given;
  const text = foldLineEnds(found);
  const edit = { ...given, anchor: foldLineEnds(given.anchor), text: foldLineEnds(given.text) };
  if (edit.op === "append" && edit.text !== "") {
    const before = text === "" || text.endsWith("\n") || edit.text.startsWith("\n") ? "" : "\n";
    return { ...edit, text: `${before}${edit.text}${edit.text.endsWith("\n") ? "" : "\n"}` };
  }
  const [start = -1] = edit.anchor === "" ? [] : occurrencesOf(edit.anchor, text);
  const end = start + edit.anchor.length;
  const isWhole =
    edit.anchor !== "" && start !== -1 && /(^|\n)$/.test(text.slice(0, start)) && /^(\n|$)/.test(text.slice(end));
  if (!isWhole) return edit;
  if (edit.op === "insert-after" && block.test(edit.text)) {
    return { ...edit, text: `\n${edit.text.replace(/(?<!\n)\n+$/, "")}` };
  }
  const isBlockAbove = edit.op === "insert-before" && block.test(edit.text) && !edit.text.endsWith("\n");
  return isBlockAbove ? { ...edit, text: `${edit.text}\n` } : edit;
}
