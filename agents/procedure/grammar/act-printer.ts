import type { Act, Item } from "./act.ts";
import { joinWords, printPattern, printText, quote } from "./quoting.ts";

/** Acts as the end of a sentence, without its period. */
export function printActs(acts: readonly Act[]): string {
  return acts.map(printAct).join(", ");
}

function printAct(act: Act): string {
  switch (act.kind) {
    case "answer":
      return `answer ${printText(act.text)}`;
    case "answer-it":
      return "answer it";
    case "answer-sum":
      return "answer the sum";
    case "answer-name":
      return `answer the value \`${act.name}\``;
    case "lean":
      return `lean towards ${printText(act.label)}${["", " slightly", "", " strongly"][act.weight]}`;
    case "take":
    case "take-after":
    case "take-before":
    case "take-between":
      return `${printTake(act)}${act.name === undefined ? "" : ` as \`${act.name}\``}`;
    case "go":
      return `go to step ${act.step}`;
    default:
      return printChange(act);
  }
}

type Take = Extract<Act, { kind: "take" | "take-after" | "take-before" | "take-between" }>;
type Change = Exclude<Act, Take | { kind: `answer${string}` | "lean" | "go" }>;

function printTake(act: Take): string {
  if (act.kind === "take-between") return `take the text between ${printItem(act.from)} and ${printItem(act.to)}`;
  if (act.kind !== "take") return `take the text ${act.kind.slice("take-".length)} ${printItems(act.items, "or")}`;
  const choice = act.choice === "all" ? "all" : `the ${act.choice}`;
  return act.items.length === 0 ? `take ${choice}` : `take ${choice} ${printItems(act.items, "or")}`;
}

function printChange(act: Change): string {
  switch (act.kind) {
    case "use":
      return `use \`${act.name}\``;
    case "remove":
      return `remove ${printItems(act.items, "and")}`;
    case "ignore":
      return `ignore ${printItems(act.items, "and")}`;
    case "keep":
      return `keep only ${printItems(act.items, "and")}`;
    case "replace":
      return `replace ${printItems(act.items, "and")} with ${quote(act.text)}`;
    case "split":
      return `split it at ${printItems(act.items, "or")}`;
    case "join":
      return `join it with ${quote(act.text)}`;
    case "format":
      return `format it with ${act.decimals} decimals`;
    default:
      return words[act.kind];
  }
}

const words = {
  "remove-spaces": "remove spaces",
  "remove-outer-punctuation": "remove outer punctuation",
  "lower-case": "lower-case it",
  "number-words": "read the number words as digits",
  "split-words": "split it into words",
  sort: "sort the list alphabetically",
  count: "count the list",
  "add-up": "add up the list",
  stop: "stop",
} as const;

function printItems(items: readonly Item[], joiner: string): string {
  return joinWords(items.map(printItem), joiner);
}

function printItem(item: Item): string {
  if (item.kind === "text") return quote(item.text);
  return item.kind === "name" ? `\`${item.name}\`` : printPattern(item.source);
}
