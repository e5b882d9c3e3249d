import type { Act, Item } from "../../../agents/procedure/grammar/act.ts";
import { printCondition } from "../../../agents/procedure/grammar/printer.ts";
import { readSkill, type Rule } from "../../../agents/procedure/rules.ts";
import type { SectionName } from "../../../agents/procedure/section.ts";
import type { Condition, Statement } from "../../../agents/procedure/grammar/sentence.ts";
import type { TextEdit } from "../../../state/program.ts";
import { partsOf } from "../condition-parts.ts";
import { always } from "../listing.ts";

/** What a new rule of Extract does: one mark for each item it looks for and each part of its condition. */
export function marksOfExtraction(condition: Condition, acts: readonly Act[]): string[] {
  const conditions = condition.all.length === 0 ? [""] : partsOf(condition);
  return singles(acts).flatMap((each) => conditions.map((part) => `extract ${JSON.stringify(each)}: ${part}`));
}

/** What a rule of Extract does beside what it did: the items that are new where nothing else is, else all it does. */
export function marksOfRevision(id: string, before: readonly Act[], after: readonly Act[]): string[] {
  const old = new Set(singles(before).map((acts) => JSON.stringify(acts)));
  return singles(after)
    .map((acts) => JSON.stringify(acts))
    .filter((acts) => !old.has(acts))
    .map((acts) => `revise ${id}: ${acts}`);
}

export function markOfLesson(kind: "ignore" | "keep", item: Item, condition: Condition): string {
  return `${kind} ${JSON.stringify(item)} ${printCondition(condition)}`;
}

/** The acts with one item of their first list of texts each; as they are where they have none. */
function singles(acts: readonly Act[]): (readonly Act[])[] {
  const place = acts.findIndex((act) => "items" in act && act.items.length > 1);
  const act = acts[place];
  if (act === undefined || !("items" in act)) return [acts];
  return act.items.map((item) => acts.with(place, { ...act, items: [item] }));
}

/** The marks of what an edit does in the sections Extract and Steps. */
export function marksOfActs({ op, anchor, text }: TextEdit): string[] {
  const kept = op === "insert-after" || op === "insert-before";
  return (["Extract", "Steps"] as const).flatMap((section) => {
    const before = linesIn(anchor, section);
    const after = op === "delete" ? new Map<string, Rule<Statement>>() : linesIn(text, section);
    const ids = new Set([...before.keys(), ...after.keys()].filter((id) => !kept || after.has(id)));
    return [...ids].flatMap((id) => {
      const [old, young] = [before.get(id)?.sentence, after.get(id)?.sentence];
      return section === "Steps" ? marksOfLessons(old, young) : marksOfLine(id, old, young);
    });
  });
}

function linesIn(text: string, section: SectionName): Map<string, Rule<Statement>> {
  const { rules } = readSkill(`## ${section}\n${text}`);
  return new Map(rules.filter(({ bullet }) => bullet.section === section).map((rule) => [rule.id, rule]));
}

function marksOfLine(id: string, before: Statement | undefined, after: Statement | undefined): string[] {
  if (after === undefined) return [];
  if (before === undefined) return marksOfExtraction(conditionOf(after), after.acts);
  return marksOfRevision(id, before.acts, after.acts);
}

/** Items that are left out now, and those that are no longer. */
function marksOfLessons(before: Statement | undefined, after: Statement | undefined): string[] {
  const condition = conditionOf(after ?? before);
  const [old, young] = [ignored(before), ignored(after)];
  const isIn = (items: readonly Item[], item: Item): boolean =>
    items.some((each) => JSON.stringify(each) === JSON.stringify(item));
  return [
    ...young.filter((item) => !isIn(old, item)).map((item) => markOfLesson("ignore", item, condition)),
    ...old.filter((item) => !isIn(young, item)).map((item) => markOfLesson("keep", item, condition)),
  ];
}

function ignored(line: Statement | undefined): readonly Item[] {
  const [act] = line?.acts ?? [];
  return act?.kind === "ignore" ? act.items : [];
}

function conditionOf(line: Statement | undefined): Condition {
  return line?.kind === "when" ? line.condition : always;
}
