import { createSkillFolder, SKILL_FILE, type SkillFolder } from "../../skills/folder.ts";
import { descriptionFrom, skillText } from "../../skills/minimal.ts";
import { nameFrom } from "../../skills/name.ts";
import { quote } from "../../skills/shorten.ts";
import { isTextEdit, type Edit } from "../../state/program.ts";
import { chanceOf, isRefuted, type Mined, type Operator, type Tried } from "./mining.ts";

/** Edits that a card shows, and how many characters of a text. */
const shown = { edits: 3, characters: 300 };
/** Kinds of deficiencies that a description names. */
const triggers = 4;

/**
 * The card of an operator as a skill: when to use it, when not to, what it did in the pair that gained most, and what it brought. That a card says when not to use
 * it, and the parts of a card, are EffiSkill's (arXiv 2603.27850 [S]); their texts are counted here [R].
 */
export function operatorCard({ name, tried, best }: Operator, edits: readonly Edit[] = []): SkillFolder {
  const uses = tried.filter((each) => !isRefuted(each));
  const refuted = tried.filter(isRefuted);
  const sketch = edits.slice(0, shown.edits).map((edit) => `- ${editText(edit)}`);
  const body = [
    `# ${name}`,
    "## When to use",
    listOf(uses.map(countText), "It has worked for no deficiency yet."),
    "## When not to use",
    listOf(
      refuted.map(countText),
      uses.length === 1
        ? "For any other deficiency nothing is known of it."
        : "For deficiencies that are not listed above nothing is known of it.",
    ),
    ...(sketch.length === 0 ? [] : ["## How", "In the pair that gained most:", sketch.join("\n")]),
    ...(best === null ? [] : ["## Effect", `At most ${signed(best.gain)} in mean score.`]),
  ];
  const description = [
    `Edits a skill by ${name}.`,
    ...(uses.length === 0 ? [] : [`Use it for: ${kindsIn(uses)}.`]),
    refuted.length === 0 ? "Do not use it for anything else." : `Do not use it for: ${kindsIn(refuted)}.`,
  ];
  return cardOf({ name: nameFrom(`operator-${name}`), type: "operator", description: description.join(" "), body });
}

/** What was mined about choosing and combining operators, as skills: none of what nothing is known about. */
export function metaCards({ operators, combinations }: Mined): SkillFolder[] {
  const choices = choicesOf(operators);
  const good = combinations.filter((each) => !isRefuted(each));
  const bad = combinations.filter(isRefuted);
  const partsOf = (list: Mined["combinations"]) =>
    list.map(({ operators: names, worked, failed }) => `- ${names.join(", ")}: worked ${worked} of ${worked + failed}`);
  return [
    ...(choices.length === 0
      ? []
      : [
          cardOf({
            name: "meta-choose-operators",
            type: "meta",
            description: "Which operators to use for which deficiency of a skill, the most promising first.",
            body: ["# Choose operators", ...choices],
          }),
        ]),
    ...(combinations.length === 0
      ? []
      : [
          cardOf({
            name: "meta-combine-operators",
            type: "meta",
            description: "Which operators to use together in one draft, and which not.",
            body: [
              "# Combine operators",
              "## Together",
              listOf(partsOf(good), "No combination has worked yet."),
              "## Not together",
              listOf(partsOf(bad), "No combination has failed more often than it worked."),
            ],
          }),
        ]),
  ];
}

/** For each kind of deficiency the operators that are not refuted, the best first. */
function choicesOf(operators: readonly Operator[]): string[] {
  const all = operators.flatMap(({ name, tried }) => tried.map((each) => ({ name, each, kind: kindText(each) })));
  const kinds = [...new Set(all.map(({ kind }) => kind))].toSorted();
  return kinds.flatMap((kind) => {
    const own = all.filter((one) => one.kind === kind && !isRefuted(one.each));
    const best = own.toSorted((a, b) => chanceOf(b.each) - chanceOf(a.each) || (a.name < b.name ? -1 : 1));
    return best.length === 0 ? [] : [`- ${kind}: ${best.map(({ name }) => name).join(", ")}`];
  });
}

interface Card {
  name: string;
  type: "operator" | "meta";
  description: string;
  body: readonly string[];
}

function cardOf({ name, type, description, body }: Card): SkillFolder {
  const text = skillText({
    name,
    description: descriptionFrom(description),
    metadata: { type },
    body: body.join("\n\n"),
  });
  return createSkillFolder(name, { [SKILL_FILE]: new TextEncoder().encode(text) });
}

function listOf(lines: readonly string[], otherwise: string): string {
  return lines.length === 0 ? otherwise : lines.join("\n");
}

function countText(tried: Tried): string {
  const { worked, failed, gain, measured } = tried;
  const mean = measured === 0 ? "" : `, ${signed(gain / measured)} in mean score`;
  return `- ${kindText(tried)}: worked ${worked} of ${worked + failed}${mean}`;
}

function kindText({ category, defect }: Pick<Tried, "category" | "defect">): string {
  return `${category} (${defect})`;
}

function kindsIn(tried: readonly Tried[]): string {
  return tried.slice(-triggers).map(kindText).join(", ");
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3)}`;
}

function editText(edit: Edit): string {
  const text = (part: string) => quote(part, shown.characters);
  if (!isTextEdit(edit)) return edit.op === "create-file" ? `${edit.op} ${edit.file}: ${text(edit.text)}` : edit.op;
  const before = edit.anchor === "" ? "" : ` ${text(edit.anchor)}`;
  return `${edit.op}${before}${edit.text === "" ? "" : ` with ${text(edit.text)}`} in ${edit.file}`;
}
