import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { promptOf } from "../../../agents/chat/prompt.ts";
import { catalogueOf } from "../../../agents/catalogue.ts";
import { readClaudeCodeStream } from "../../../agents/command/claude-code-stream.ts";
import { readCodexStream } from "../../../agents/command/codex-stream.ts";
import { readOpencodeStream } from "../../../agents/command/opencode-stream.ts";
import { skillsReadIn } from "../../../agents/command/stream.ts";
import { execute } from "../../../agents/procedure/execute.ts";
import { inspectSkills } from "../../../agents/procedure/inspect.ts";
import { compileSkills } from "../../../agents/procedure/interpret.ts";
import { createCountingCreator } from "../../../analysts/creation/counting-creator.ts";
import { assembleSkill } from "../../../analysts/creation/sections.ts";
import { mineTools } from "../../../analysts/creation/tool-use.ts";
import type { Example } from "../../../analysts/creator.ts";
import { skillsText } from "../../../analysts/language-model/case-text.ts";
import { usableAnswer } from "../../../agents/usable-answer.ts";
import { checkEdits, editsSchema } from "../../../analysts/language-model/edit-check.ts";
import { ladderFor } from "../../../analysts/language-model/ladder.ts";
import { fenced } from "../../../models/replies/fence.ts";
import { replyOf } from "../../../models/replies/reply.ts";
import { insideError, reportedError } from "../../../models/replies/reported-error.ts";
import { askFor } from "../../../models/replies/structured.ts";
import { checkUsable } from "../../../models/replies/usable.ts";
import { faultOf } from "../../../models/faults.ts";
import { findNeighbours } from "../../../readers/near-duplicates.ts";
import { operatorCard } from "../../../policies/composition/cards.ts";
import { editKinds } from "../../../policies/composition/edit-kinds.ts";
import { mine, nothingMined } from "../../../policies/composition/mining.ts";
import { composePlans } from "../../../policies/composition/plans.ts";
import { sha256 } from "../../../state/json.ts";
import { parseToolList } from "../../../readers/tool-list.ts";
import { parseTask } from "../../../readers/task-line.ts";
import { markup } from "../../../runs/report/markup.ts";
import { diffPrograms } from "../../../skills/diff.ts";
import { applyEdits } from "../../../skills/edits.ts";
import { createSkillFolder, type SkillFolder } from "../../../skills/folder.ts";
import { listingsOf } from "../../../skills/library/listing.ts";
import { nameClashes } from "../../../skills/library/names.ts";
import { referencesIn } from "../../../skills/library/references.ts";
import { createRetriever } from "../../../skills/library/retrieval.ts";
import { collisionsIn } from "../../../skills/library/routing.ts";
import { checkSkill } from "../../../skills/limits.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { scanSkills } from "../../../skills/scan/scan.ts";
import { sectionsOf } from "../../../skills/sections.ts";
import { countTokens } from "../../../skills/tokens.ts";
import { unseenIn, showUnseenJson } from "../../../skills/unseen.ts";
import { shown } from "../../../cli/terminal/door.ts";
import type { TextEdit } from "../../../state/program.ts";
import { noCost, type Answer, type Task } from "../../../state/task.ts";
import { complaintIn } from "../../../state/host-fault.ts";
import { createBlotter, secretIn } from "../../../stores/secrets.ts";
import { createInsensitive } from "../../../verifiers/insensitive.ts";
import { createJsonEquality } from "../../../verifiers/json-equality.ts";
import { judgeMessages } from "../../../verifiers/judge-messages.ts";
import { createNumeric } from "../../../verifiers/numeric.ts";
import { createRegex } from "../../../verifiers/regex.ts";
import { createTokenF1 } from "../../../verifiers/token-f1.ts";
import type { Verifier } from "../../../verifiers/verifier.ts";
import { journaled, ScriptedModel } from "../scripted-model.ts";
import { alone } from "./work.ts";

/** Reads a text as the program does. What it refuses it throws for, with an error of the program's own. */
export type Reader = (text: string) => unknown;

const encode = (text: string) => new TextEncoder().encode(text);
const skillOf = (text: string) => createSkillFolder("house", { "SKILL.md": encode(text) });
const house = minimalSkill("house", "Sorts messages about a house.");
const edit = (op: TextEdit["op"], parts: { anchor?: string; text?: string }): TextEdit => ({
  skill: "house",
  file: "SKILL.md",
  op,
  anchor: "",
  text: "",
  ...parts,
});

/** A reply in the place of each text that an edit has, and as the whole of the reply. */
const replies: Record<string, Reader> = {
  "reply, is it usable": (text) => checkUsable(new AIMessage(text)),
  "reply, as it is kept": (text) => replyOf(new AIMessage(text), { sends: null, priceOf: () => 0 }),
  "reply, its JSON": (text) =>
    alone(() =>
      askFor({
        model: journaled(new ScriptedModel(() => text)),
        messages: [new HumanMessage("Propose edits.")],
        schema: editsSchema([house], 4),
        name: "edits",
      }),
    ),
  "error in a reply": (text) => {
    const reported = reportedError(text);
    if (reported !== undefined) faultOf(insideError(reported), 0);
  },
  "edit, its anchor": (text) =>
    checkEdits([edit("replace", { anchor: text, text: "b" })], { skills: [skillOf(text.slice(1))], rejected: [] }),
  "edit, its text": (text) =>
    checkEdits([edit("append", { text }), edit("append", { text: `${text}.` })], {
      skills: [house],
      rejected: [edit("append", { text })],
    }),
  "edit, in the middle": (text) =>
    applyEdits([skillOf(`${text}middle${text}`)], [edit("insert-after", { anchor: "middle", text })]),
  "operation, new path": (text) => applyEdits([house], [{ op: "create-file", skill: "house", file: text, text: "a" }]),
  "operation, new name": (text) => applyEdits([house], [{ op: "rename-skill", skill: "house", to: text }]),
  "operation, frontmatter that takes a name": (text) =>
    applyEdits(
      [skillOf(`---\nname: house\n${text}\n---\n${text}`)],
      [{ op: "rename-skill", skill: "house", to: "home" }],
    ),
};

const skills: Record<string, (skill: SkillFolder, text: string) => unknown> = {
  "skill, the specification": (skill) => checkSkill(skill),
  "skill, scanned": (skill) => scanSkills([skill]),
  "skill, found by its text": (skill, text) => createRetriever([skill, house]).find(text, 2),
  "skill, its references": (skill) => referencesIn([skill, house]),
  "skill, in the lists of hosts": (skill) => [listingsOf([skill, house]), nameClashes([skill, house])],
  "skill, mistaken for another": (skill) => collisionsIn([skill, house]),
  "skill, its sections": (_, text) => sectionsOf(text),
  "skill, its tokens": (_, text) => countTokens(text),
  "skill, its differences": (skill) => diffPrograms([house], [skill]),
  "skill, its differences from itself": (skill, text) =>
    diffPrograms([skill], [skillOf(`${text.slice(text.length / 2)}\n${text.slice(0, text.length / 2)}`)]),
  "skill, as a procedure": (skill) => inspectSkills([skill]),
  "skill, executed": (skill) => execute(compileSkills([skill]), "the lamp is broken"),
  "skill, shown to a model": (skill) =>
    ladderFor(24_000).map((limits) => fenced((quote) => skillsText([skill], { limits, quote }))),
  "skill, shown to an agent": (skill) => [promptOf({ id: "1", input: "a" }, [skill]), catalogueOf([skill, house])],
};

const answerOf = (text: string): Answer => ({ text, used: [], trace: [], cost: noCost });
const task = (expected: Task["expected"]): Task => ({ id: "1", input: "a", expected: expected as never });
const scoring =
  (verifier: Verifier, expected: Task["expected"]): Reader =>
  (text) =>
    verifier.score(answerOf(text), task(expected));

const answers: Record<string, Reader> = {
  "answer of an agent": (text) => usableAnswer(answerOf(text)),
  "answer, insensitive": scoring(createInsensitive(), "a"),
  "answer, numeric": scoring(createNumeric({ tolerance: 0.1 }), "1.5"),
  "answer, as JSON": scoring(createJsonEquality(), { a: [1, 2] }),
  "answer, f1": scoring(createTokenF1(), "a the b"),
  "answer, a pattern": scoring(createRegex({ pattern: "(a|aa)+$" }), "x"),
  "answer, shown to a judge": (text) => judgeMessages("Grade.", task("a"), answerOf(text)),
  "stream of Claude Code": readClaudeCodeStream,
  "stream of Codex": readCodexStream,
  "stream of OpenCode": readOpencodeStream,
  "skills that a command reads": skillsReadIn,
  "complaint of a command": complaintIn,
  "secrets in a text": (text) => createBlotter({ API_TOKEN: "s3cr3t-s3cr3t-s3cr3t-77" })(text),
  "secret in a name": secretIn,
};

const casesOf = (text: string): Example[] =>
  [text, `${text} lamp`, "a lamp"].map((input, index) => ({
    question: { id: String(index), input },
    expected: index === 2 ? "lights" : text,
  }));

const partsOf = (text: string) =>
  assembleSkill({
    name: "house",
    description: text,
    background: text,
    triage: text,
    scenarios: [{ title: text, text }],
    faq: [{ question: text, answer: text }],
    more: text,
    documents: { [text]: text },
    tools: mineTools([{ name: text, description: text, parameters: text }], casesOf(text)),
  });

const tasks: Record<string, Reader> = {
  "line of tasks": parseTask,
  "pair, mined": (text) => {
    const about = { category: text, defect: "missing" } as const;
    const change = { skill: "house", file: "SKILL.md", op: "replace" as const, anchor: text, text };
    const pair = { operators: [text, ...editKinds([change])], about, worked: true, gain: null, edits: sha256(text) };
    const mined = mine(nothingMined, pair);
    const deficiency = { ...about, skill: "house", file: "SKILL.md", place: null, severity: "low" as const };
    return [
      ...mined.operators.map((operator) => operatorCard(operator, [change])),
      composePlans([{ ...deficiency, tasks: [], plan: text, extra: {} }], mined, 2),
    ];
  },
  "list of tools": (text) => parseToolList(text, "tools.json"),
  "first skill, its parts": (text) => partsOf(text),
  "first skill, by counting": (text) => createCountingCreator().create({ name: "house", examples: casesOf(text) }),
  "input of a task": (text) => parseTask(JSON.stringify({ id: "1", input: text })),
  "likeness of tasks": (text) =>
    findNeighbours([
      { id: "1", input: text },
      { id: "2", input: `${text}a` },
    ])(0),
  "message of a procedure": (text) => execute(compileSkills([procedure]), text),
};

const procedure = skillOf(
  `# House

## Prepare

- Remove "a  b".

## Rules

- When the message mentions "a b c d", answer \`a\`.
- When the message has a price, answer \`b\`.
- When the message has a link, answer \`c\`.
- When the message has an e-mail address, answer \`d\`.
- When the text matches /a+b/, answer \`e\`.
`,
);

const pages: Record<string, Reader> = {
  "text at the terminal": shown,
  "text in JSON": showUnseenJson,
  "text in a page": (text) => markup`<p>${text}</p>`,
  "marks that nobody sees": unseenIn,
};

/** All that reads what others wrote, by what it reads. */
export const readers: Readonly<Record<string, Reader>> = {
  ...replies,
  ...Object.fromEntries(
    Object.entries(skills).map(([name, read]) => [name, (text: string) => read(skillOf(text), text)]),
  ),
  ...answers,
  ...tasks,
  ...pages,
};

/** Where texts of any length come in: what is too long is refused here, and so never reaches those behind. */
export const doors = [
  "reply, is it usable",
  "edit, its anchor",
  "edit, its text",
  "edit, in the middle",
  "answer of an agent",
  "stream of Claude Code",
  "stream of Codex",
  "stream of OpenCode",
  "complaint of a command",
  "secrets in a text",
] as const;
