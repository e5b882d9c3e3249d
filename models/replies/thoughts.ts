import { jsonSpans, type Span } from "./json-spans.ts";

/**
 * What begins and what ends a thought that a model writes into its text. Tags of thoughts may have a prefix and attributes; the
 * other forms are tokens of models that a server has passed on as text.
 */
const tag = String.raw`(?:\w{1,20}:)?(?:think|thinking|thoughts?|reasoning)`;
const token = "(?:of_)?(?:think|thinking|thought|reasoning)";
const begins = String.raw`<${tag}(?:\s[^<>]{0,100})?>|\[THINK\]|◁think▷|<\|(?:start|begin)_${token}\|>|<\|channel>thought`;
const ends = String.raw`</${tag}\s?>|\[/THINK\]|◁/think▷|<\|end_${token}\|>|<channel\|>`;
const codeFence = "^[ \\t]{0,20}(?:`{3}|~{3})";

/**
 * A reply without what the model thought before and between what it says: whole thoughts, everything before a mark that ends one
 * and was never begun (templates put the first mark into the prompt), and everything after one that was begun and never
 * ended, as the reply was cut. Marks that are quoted, in a block of code or in a JSON text belong to what is said. Linear in
 * the length of the text.
 */
export function withoutThoughts(text: string): string {
  const channels = saidInChannels(text);
  if (channels !== undefined) return channels;
  if (!hasMark.test(text)) return text;
  let spans: Span[] | undefined;
  const json = () => (spans ??= jsonSpans(text));
  const marks = createFinder(text, `${begins}|${ends}|${codeFence}`, json);
  const [end, fence] = [createFinder(text, ends, json), createFinder(text, codeFence, json)];
  let said: string[] = [];
  let [from, hasThought] = [0, false];
  for (let mark = marks(0); mark !== undefined;) {
    let next = mark.end;
    if (/[`~]$/.test(mark.text)) next = fence(next)?.end ?? next;
    else if (isEnd.test(mark.text)) [said, from, hasThought] = [[], next, true];
    else {
      const ended = end(next);
      if (ended !== undefined || isFirstInLine(text, mark.start)) {
        said.push(text.slice(from, mark.start));
        [from, hasThought] = [ended?.end ?? text.length, true];
        next = from;
      }
    }
    mark = marks(next);
  }
  if (!hasThought || isJson(text)) return text;
  return [...said, text.slice(from)].join("").trim();
}

/** Most replies have none, and are what they say. */
const hasMark = new RegExp(`${begins}|${ends}|${codeFence}`, "im");

const isEnd = new RegExp(`^(?:${ends})$`, "i");

interface Mark {
  start: number;
  end: number;
  text: string;
}

/**
 * Finds the next mark from a place on that is neither between two quotation marks of one kind nor inside of JSON. Places only
 * grow.
 */
function createFinder(text: string, pattern: string, json: () => readonly Span[]): (from: number) => Mark | undefined {
  const wanted = new RegExp(pattern, "gim");
  let isOver = false;
  let passed = 0;
  return (from) => {
    wanted.lastIndex = from;
    for (let found = isOver ? null : wanted.exec(text); found !== null; found = wanted.exec(text)) {
      const { 0: mark, index } = found;
      const end = index + mark.length;
      while ((json()[passed]?.end ?? Infinity) <= index) passed += 1;
      const around = json()[passed];
      if (around !== undefined && around.start < index) wanted.lastIndex = around.end;
      else if (text[index - 1] !== text[end] || !"`\"'".includes(text[end] ?? " "))
        return { start: index, end, text: mark };
    }
    isOver = true;
    return undefined;
  };
}

/** Whether nothing but a little white space stands before it in its line. */
function isFirstInLine(text: string, index: number): boolean {
  let at = index - 1;
  while (at > index - 20 && (text[at] === " " || text[at] === "\t")) at -= 1;
  return at < 0 || text[at] === "\n";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is said in the final channel of a reply in the harmony format; undefined for a reply without channels. */
function saidInChannels(text: string): string | undefined {
  const reply = text.trimStart();
  if (/^(?:<\|start\|>\w{0,20})?<\|(?:channel|message)\|>/.test(reply)) {
    const [, ...channels] = reply.split("<|channel|>");
    const finals = channels.filter((each) => /^\s{0,20}final\b/.test(each));
    return (channels.length === 0 ? [reply] : finals)
      .map((each) => saidIn(each))
      .join("")
      .trim();
  }
  // Servers that leave out special tokens run the words of the format together.
  const plain = "assistantfinal";
  const at = /^analysis(?=[A-Z\s])/.test(reply) ? reply.lastIndexOf(plain) : -1;
  return at === -1 ? undefined : reply.slice(at + plain.length).trim();
}

/** What stands between the mark of the message and the one of its end. */
function saidIn(channel: string): string {
  const [, message = ""] = channel.split("<|message|>");
  const [said = ""] = message.split(/<\|(?:end|return|call|start)\|>/);
  return said;
}
