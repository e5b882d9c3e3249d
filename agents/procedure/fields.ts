/**
 * An input with named fields. `textStart` is where its text begins in the input, `textName` the field that holds it.
 */
export interface Fields {
  readonly fields: ReadonlyMap<string, string>;
  readonly text: string;
  readonly textStart: number;
  readonly textName: string | undefined;
}

const fieldStart = /^([A-Za-z][\w-]{0,39}):(?=[ \t\r]|$)/;
const fewestFields = 2;

interface Line {
  name: string;
  start: number;
  end: number;
}

/**
 * Two or more lines `name: value` at the start of an input are fields; names are in lower case, and the first of two
 * with one name counts. A blank line ends them, and what follows is the text. Without one the last field goes on to the
 * end of the input, and the text is the field `text` or else the last field. Any other input is text alone.
 */
export function readFields(input: string): Fields {
  const found: Line[] = [];
  let at = 0;
  let body: number | undefined;
  while (at < input.length) {
    const newline = input.indexOf("\n", at);
    const end = newline === -1 ? input.length : newline;
    const match = fieldStart.exec(input.slice(at, end));
    if (match === null) {
      if (input.slice(at, end).trim() === "" && newline !== -1) body = end + 1;
      break;
    }
    const name = (match[1] as string).toLowerCase();
    found.push({ name, start: at + (match[1] as string).length + 1, end });
    at = end + 1;
  }
  return found.length < fewestFields ? plain(input) : gather(input, found, body);
}

function plain(input: string): Fields {
  return { fields: new Map(), text: input, textStart: 0, textName: undefined };
}

function gather(input: string, found: readonly Line[], body: number | undefined): Fields {
  const last = found.at(-1) as Line;
  const lines = body === undefined ? [...found.slice(0, -1), { ...last, end: input.length }] : found;
  const fields = new Map<string, string>();
  for (const { name, start, end } of lines) if (!fields.has(name)) fields.set(name, input.slice(start, end).trim());
  const holder = lines.find(({ name }) => name === "text") ?? (body === undefined ? lines.at(-1) : undefined);
  const start = holder?.start ?? (body as number);
  const text = input.slice(start, holder?.end ?? input.length).trim();
  return { fields, text, textStart: input.indexOf(text, start), textName: holder?.name };
}
