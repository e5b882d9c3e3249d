import type { Brain, BrainReply, BrainRequest } from "./brain.ts";

/** A quoted text as it stands in a prompt: its label and what is between the marks. */
interface Block {
  label: string;
  text: string;
}

/** One task as a prompt shows it. */
interface Case {
  number: number;
  words: Set<string>;
  expected: string;
  got: string;
}

interface Rule {
  word: string;
  answer: string;
  support: number;
}

/** How many cases it reads: with more, the order in which it is shown them decides what it sees. */
const attention = 8;
const stopWords = new Set("a an and at but for i in is it my of on or please the this to was we with you".split(" "));

type Thought = (blocks: Block[], text: string) => unknown;

const thoughts: Record<string, Thought> = {
  "Analysis: knowledge": (blocks) => ({ findings: casesIn(blocks, "case").flatMap(findingOf) }),
  "Analysis: tool": () => ({ findings: [] }),
  "Analysis: clarification": () => ({ findings: [] }),
  "Analysis: style": () => ({ findings: [] }),
  Diagnosis: (blocks) => ({ deficiencies: groupsIn(blocks) }),
  Proposal: (blocks, text) => propose(blocks, limitIn(text)),
  "Create or edit": (blocks, text) => changeOf(blocks, limitIn(text)),
  "New skill": (blocks) => newSkill(blocks),
  "Edits of a skill": (blocks, text) => skillEdits(blocks, limitIn(text)),
  "Proposal from what went well": () => ({ reason: "the skill says all of it", edits: [] }),
  "Merge of edits": (blocks, text) => ({ edits: mergedEdits(blocks).slice(0, limitIn(text)) }),
  "Number of edits": (blocks) => ({
    edits: Math.min(2, blocks.filter(({ label }) => label.startsWith("edit ")).length),
  }),
  Rewriting: (blocks) => ({ files: rewritten(blocks) }),
  "Repair of edits": (blocks, text) => ({ reason: "appended", edits: repaired(blocks).slice(0, limitIn(text)) }),
  Digest: (blocks) => ({ digest: bulletsIn(blocks, "proposal").join("\n") }),
  Ranking: (blocks) => ({ order: byLength(blocks) }),
  Routing: (blocks) => ({ skills: blocks.filter(isTask).map((task) => routeOf(task, blocks)) }),
  "Kinds of paragraphs": (blocks) => ({
    kinds: blocks.map(({ text }) => (/example|dear/i.test(text) ? "example" : "core_rule")),
  }),
  Curation: (blocks, text) => ({
    reason: "words that speak for one answer alone",
    calls: callsFor(blocks, limitIn(text)),
  }),
  "Quality of skills": () => ({ abstraction: 10, reusability: 10, actionability: 8, faithfulness: 8 }),
  "Slow update": (blocks) => lessonsFrom(blocks),
  "Notes for editors": (blocks) => ({ notes: notesOn(blocks) }),
  Checklist: (blocks) => ({ sections: headingsIn(blocks) }),
  "First draft of a skill": (blocks) => firstDraft(blocks),
};

const filesTitle = "Work on files";

/** Whether a request comes from the language-model analyst. */
export function isForAnalyst(request: BrainRequest): boolean {
  return titleOf(request) in thoughts || titleOf(request) === filesTitle;
}

/**
 * Studies failures and proposes rules by counting words, from nothing but the text of the request: the quoted failures,
 * what is expected in each, the skill and the edits that were turned down. It writes the procedure language.
 */
export const analystBrain: Brain = (request) => {
  if (titleOf(request) === filesTitle) return workOnFiles(request);
  const think = thoughts[titleOf(request)];
  if (think === undefined) throw new Error(`This is no prompt of the analyst: ${titleOf(request)}`);
  const text = promptOf(request);
  return { text: JSON.stringify(think(blocksIn(request, text), text)) };
};

function isTask({ label }: Block): boolean {
  return label.startsWith("task ");
}

/** The skill whose description has the most words of a task. */
function routeOf(task: Block, blocks: readonly Block[]): string | null {
  const words = wordsOf(task.text);
  const shared = ({ text }: Block) => [...wordsOf(text)].filter((word) => words.has(word)).length;
  const [best] = blocks.filter((block) => !isTask(block)).toSorted((a, b) => shared(b) - shared(a));
  return best === undefined || shared(best) === 0 ? null : best.label;
}

function promptOf({ messages }: BrainRequest): string {
  return messages.find(({ role }) => role === "user")?.text ?? "";
}

/** The first heading of the prompt, which says what is asked. */
export function titleOf(request: BrainRequest): string {
  return /^# (.+)$/m.exec(promptOf(request))?.[1] ?? "";
}

function limitIn(text: string): number {
  return Number(/at most (\d+)/.exec(text)?.[1] ?? 1);
}

function blocksIn({ messages }: BrainRequest, text: string): Block[] {
  const mark = /<data (\w+) \.\.\.>/.exec(messages.find(({ role }) => role === "system")?.text ?? "")?.[1] ?? "";
  const found = text.matchAll(new RegExp(`<data ${mark} ([^\\n]*)>\\n([\\s\\S]*?)\\n</data ${mark}>`, "g"));
  return [...found].map(([, label = "", content = ""]) => ({ label, text: content }));
}

function wordsOf(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !stopWords.has(word)));
}

/** Cases of some kind, such as "case" or "kept", in the order shown. */
function casesIn(blocks: readonly Block[], kind: string): Case[] {
  const names = [...new Set(blocks.map(({ label }) => label.split(", ")[0] as string))];
  return names
    .filter((name) => name === kind || name.startsWith(`${kind} `))
    .map((name) => {
      const part = (what: string) => blocks.find(({ label }) => label === `${name}, ${what}`)?.text ?? "";
      return {
        number: Number(/\d+$/.exec(name)?.[0] ?? 1),
        words: wordsOf(part("message")),
        expected: part("expected answer"),
        got: part("agent's answer"),
      };
    });
}

function findingOf({ words, expected, got }: Case) {
  if (expected === got) return [];
  const evidence = `expected ${expected} of a message with ${[...words].join(", ")}`;
  return [{ issue: "missing", severity: "high", evidence }];
}

function skillIn(blocks: readonly Block[]) {
  const { label, text } = blocks.find((block) => block.label.startsWith("skill ")) as Block;
  const [, skill = "", file = ""] = /^skill ([a-z0-9-]+), file "(.*)"$/.exec(label) ?? [];
  return { skill, file, text };
}

function groupsIn(blocks: readonly Block[]) {
  const { skill, file, text } = skillIn(blocks);
  const cases = casesIn(blocks, "case");
  return [...new Set(cases.map(({ expected }) => expected))].map((expected) => ({
    skill,
    file,
    place: /^## Rules$/m.test(text) ? "Rules" : null,
    defect: text.includes(`\`${expected}\``) ? "insufficient" : "missing",
    dimension: "knowledge",
    cases: cases.filter((each) => each.expected === expected).map(({ number }) => number),
    evidence: `messages that should get ${expected} do not`,
    plan: `say which words call for ${expected}`,
    needsExamples: false,
    needsKnowledge: false,
    impact: "high",
    risk: "low",
  }));
}

/** For each answer the word that speaks most for it and against the others, best supported first. */
function rulesFor(failing: readonly Case[], others: readonly Case[], isTaken: (rule: Rule) => boolean): Rule[] {
  const answers = [...new Set(failing.map(({ expected }) => expected))];
  const rules = answers.flatMap((answer) => {
    const own = failing.filter(({ expected }) => expected === answer);
    const rest = [...failing, ...others].filter(({ expected }) => expected !== answer);
    const count = (cases: readonly Case[], word: string) => cases.filter(({ words }) => words.has(word)).length;
    return [...new Set(own.flatMap(({ words }) => [...words]))]
      .map((word) => ({ word, answer, support: count(own, word) - 2 * count(rest, word) }))
      .filter((rule) => rule.support > 0 && !isTaken(rule))
      .toSorted((a, b) => b.support - a.support || (a.word < b.word ? -1 : 1));
  });
  return rules.toSorted((a, b) => b.support - a.support || (a.word < b.word ? -1 : 1));
}

const bulletOf = ({ word, answer }: Rule) => `- When the message mentions "${word}", answer \`${answer}\`.`;

function propose(blocks: readonly Block[], limit: number) {
  const { skill, file, text } = skillIn(blocks);
  const rejected = blocks.find(({ label }) => label === "rejected edits")?.text ?? "";
  const digest = blocks.find(({ label }) => label === "digest")?.text ?? "";
  const kinds = ["case", "got worse", "still wrong"];
  const failing = kinds.flatMap((kind) => casesIn(blocks, kind)).slice(0, attention);
  const isTaken = ({ word }: Rule) =>
    text.includes(`"${word}"`) || rejected.includes(JSON.stringify(`"${word}"`).slice(1, -1));
  const rules = rulesFor(failing, casesIn(blocks, "kept"), isTaken);
  const agreed = rules.filter((rule) => digest.includes(bulletOf(rule)));
  const words = new Set<string>();
  const chosen = [...agreed, ...rules].filter(({ word }) => !words.has(word) && words.add(word)).slice(0, limit);
  const edits = chosen.map((rule, index) => editOf(bulletOf(rule), { skill, file, text, isFirst: index === 0 }));
  return { reason: "words that speak for one answer alone", edits };
}

/** The rules for one answer: for the skill that gives it already, or else for one of its own. What was discarded before is left out. */
function changeOf(blocks: readonly Block[], limit: number) {
  const skills = blocks.filter(({ label }) => label.startsWith("skill "));
  const past = blocks.filter(({ label }) => label.startsWith("generation "));
  const discarded = past.filter(({ text }) => text.includes("outcome: discarded")).map(({ text }) => text);
  const isTaken = ({ word }: Rule) => [...skills.map(({ text }) => text), ...discarded].join().includes(`"${word}"`);
  const rules = rulesFor(casesIn(blocks, "case").slice(0, attention), [], isTaken);
  const answer = rules[0]?.answer ?? casesIn(blocks, "case")[0]?.expected ?? "none";
  const known = skills.find(({ text }) => text.includes(`\`${answer}\``));
  const name = known === undefined ? answer.replaceAll(/[^a-z0-9]+/g, "-") : skillIn([known]).skill;
  const own = rules.filter((rule) => rule.answer === answer).slice(0, limit);
  return {
    alternatives: ["more rules", "fewer rules"],
    action: known === undefined ? "create" : "edit",
    skill: name,
    proposal: own.map(bulletOf).join("\n") || `- Otherwise, answer \`${answer}\`.`,
    justification: `messages that should get ${answer} do not`,
    related: past.filter(({ text }) => text.includes(`\`${answer}\``)).map(({ label }) => Number(label.slice(11))),
  };
}

/** Rules for the failures: in the skill that gives their answer already, or else in one of their own, which says their words so that it is retrieved. */
function callsFor(blocks: readonly Block[], limit: number) {
  const skills = blocks.filter(({ label }) => label.startsWith("skill "));
  const failing = casesIn(blocks, "task").filter(({ expected, got }) => expected !== got);
  const isTaken = ({ word }: Rule) => skills.some(({ text }) => text.includes(`"${word}"`));
  const rules = rulesFor(failing, [], isTaken).slice(0, limit);
  return rules.map((rule) => {
    const known = skills.find(({ text }) => text.includes(`\`${rule.answer}\``));
    if (known === undefined) {
      const [name, description] = [`${rule.answer}-${rule.word}`, `Answers messages that mention ${rule.word}.`];
      return { tool: "insert", name, newName: null, description, body: `## Rules\n\n${bulletOf(rule)}` };
    }
    const body = `${known.text.split("---\n").slice(2).join("---\n").trim()}\n${bulletOf(rule)}`;
    return { tool: "update", name: skillIn([known]).skill, newName: null, description: null, body };
  });
}

function proposedIn(blocks: readonly Block[]): string {
  return blocks.find(({ label }) => label === "proposal")?.text ?? "";
}

function newSkill(blocks: readonly Block[]) {
  return { description: "Answers messages by a word in them.", body: `## Rules\n\n${proposedIn(blocks)}`, files: [] };
}

function skillEdits(blocks: readonly Block[], limit: number) {
  const bullets = proposedIn(blocks).split("\n").slice(0, limit);
  const edits = bullets.map((bullet, index) => editOf(bullet, { ...skillIn(blocks), isFirst: index === 0 }));
  return { reason: "what is proposed", edits };
}

interface Place {
  skill: string;
  file: string;
  text: string;
  isFirst: boolean;
}

function editOf(bullet: string, { skill, file, text, isFirst }: Place) {
  const rules = /^## Rules\n\n(?:.+\n)*/m.exec(text)?.[0].trim().split("\n").at(-1);
  if (rules !== undefined && text.split(rules).length === 2) {
    return { skill, file, op: "insert-after", anchor: rules, text: `\n${bullet}` };
  }
  return { skill, file, op: "append", anchor: "", text: isFirst ? `\n## Rules\n\n${bullet}\n` : `${bullet}\n` };
}

/** Lists the files, reads the first one, writes it with its rules put in, looks for the last of them, and is done. */
function workOnFiles(request: BrainRequest): BrainReply {
  const blocks = blocksIn(request, promptOf(request));
  const path = /^(.+): /.exec(blocks.find(({ label }) => label === "files")?.text ?? "")?.[1] ?? "";
  const results = request.messages.filter(({ role }) => role === "tool").map(({ text }) => text);
  const call = (name: string, args: object): BrainReply => {
    return { text: "", calls: [{ id: `call_${results.length + 1}`, name, arguments: JSON.stringify(args) }] };
  };
  if (results.length === 0) return call("list", { path: path.slice(0, path.indexOf("/")) });
  if (results.length === 1) return call("read", { path });
  const { data: text } = JSON.parse(results[1] as string) as { data: string };
  const [skill = "", file = ""] = path.split("/");
  const shown = { label: `skill ${skill}, file "${file}"`, text };
  const { edits } = propose([shown, ...blocks], limitIn(promptOf(request)));
  if (edits.length === 0) return { text: "The skill says all of it." };
  const put = (before: string, edit: { op: string; anchor: string; text: string }) =>
    edit.op === "append" ? before + edit.text : before.replace(edit.anchor, () => edit.anchor + edit.text);
  if (results.length === 2) return call("write", { path, text: edits.reduce(put, text) });
  return { text: "Words that speak for one answer alone." };
}

/** The edits that could not be applied, at the end of their file. */
function repaired(blocks: readonly Block[]) {
  return blocks
    .filter(({ label }) => label.startsWith("edit "))
    .map(({ text }) => {
      const edit = JSON.parse(text.split("\n")[0] as string) as { text: string };
      return { ...edit, op: "append", anchor: "", text: `${edit.text.trim()}\n` };
    });
}

/** Each edit once, with all that ask for it. */
function mergedEdits(blocks: readonly Block[]) {
  const sources = new Map<string, number[]>();
  for (const { label, text } of blocks.filter((block) => block.label.startsWith("edit "))) {
    const edit = text.split("\n")[1] as string;
    sources.set(edit, [...(sources.get(edit) ?? []), Number(label.slice(5))]);
  }
  return [...sources].map(([edit, from]) => ({ ...(JSON.parse(edit) as object), from }));
}

/** The file with the texts of all suggestions at its end. */
function rewritten(blocks: readonly Block[]) {
  const { skill, file, text } = skillIn(blocks);
  const added = blocks
    .filter(({ label }) => label.startsWith("edit "))
    .map((block) => (JSON.parse(block.text.split("\n")[1] as string) as { text: string }).text.trim());
  return [{ skill, file, text: `${text.trimEnd()}\n${added.join("\n")}\n` }];
}

function bulletsIn(blocks: readonly Block[], kind: string): string[] {
  const texts = blocks.filter(({ label }) => label.startsWith(`${kind} `)).map(({ text }) => text);
  const lines = texts.flatMap((text) =>
    text
      .split("\n")
      .slice(1)
      .map((line) => (JSON.parse(line) as { text: string }).text.trim().split("\n").at(-1) as string),
  );
  return [...new Set(lines)];
}

function byLength(blocks: readonly Block[]): number[] {
  const drafts = blocks.filter(({ label }) => label.startsWith("draft "));
  return drafts
    .map(({ label, text }) => ({ number: Number(label.slice(6)), length: text.length }))
    .toSorted((a, b) => b.length - a.length || a.number - b.number)
    .map(({ number }) => number);
}

/** The rules that cure what got worse or stayed wrong, as a text. */
function lessonsFrom(blocks: readonly Block[]) {
  const { edits } = propose(blocks, 2);
  return { skill: skillIn(blocks).skill, text: edits.map(({ text }) => text.trim()).join("\n") };
}

function notesOn(blocks: readonly Block[]): string {
  const attempts = blocks.filter(({ label }) => label.startsWith("generation "));
  const accepted = attempts.filter(({ label }) => label.endsWith("accepted")).length;
  return `${accepted} of ${attempts.length} attempts were accepted.`;
}

function headingsIn(blocks: readonly Block[]) {
  const titles = [...skillIn(blocks).text.matchAll(/^## (.+)$/gm)].map((match) => match[1] as string);
  return titles.map((section) => ({ section, questions: [`Does the answer keep to ${section}?`] }));
}

function firstDraft(blocks: readonly Block[]) {
  const rules = rulesFor(casesIn(blocks, "task"), [], () => false).slice(0, 3);
  return {
    description: "Answers messages by the words in them.",
    background: "Messages have words.",
    triage: "Take the first rule that holds.",
    scenarios: rules.map(({ word, answer }) => ({ title: answer, text: `Look for ${word}.` })),
    faq: [],
    more: `## Rules\n\n${rules.map(bulletOf).join("\n")}`,
    references: blocks.filter(({ label }) => label.startsWith("document ")).map((_, index) => index + 1),
  };
}
