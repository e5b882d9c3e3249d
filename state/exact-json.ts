import { decimalOf, isSameDecimal } from "./decimal.ts";
import type { Json } from "./json.ts";

/** A number of a JSON text that a double would change, as it is written. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON as it is written: numbers that a double would change keep their text. */
export type ExactJson = Json | WrittenNumber | ExactJson[] | { [key: string]: ExactJson };

/** An object or list that is being read, and the key of what comes next. */
interface Open {
  readonly value: ExactJson[] | { [key: string]: ExactJson };
  key: string | undefined;
}

/**
 * Reads JSON as JSON.parse does, and throws what it throws, but a number that a double would change is a `WrittenNumber`. Of a key that
 * an object has twice the last value counts, or with `unique` it is a SyntaxError. It takes time linear in the text and keeps a list of
 * what is open, as JSON may be deeper than the stack.
 */
export function parseExactJson(text: string, { unique = false }: { unique?: boolean } = {}): ExactJson {
  // The engine's own parser says whether it is JSON at all (Node 20 has none that shows how a number was written).
  JSON.parse(text);
  const open: Open[] = [];
  let root: ExactJson = null;
  const put = (value: ExactJson): void => {
    const last = open.at(-1);
    if (last === undefined) root = value;
    else if (Array.isArray(last.value)) last.value.push(value);
    else {
      const key = last.key as string;
      if (unique && Object.hasOwn(last.value, key)) throw new SyntaxError(`duplicate key ${JSON.stringify(key)}`);
      // Assignment would lose `__proto__`.
      Object.defineProperty(last.value, key, { value, enumerable: true, writable: true, configurable: true });
    }
    if (last !== undefined) last.key = undefined;
    if (value !== null && typeof value === "object" && !(value instanceof WrittenNumber))
      open.push({ value, key: undefined });
  };
  for (let at = 0; at < text.length;) {
    const character = text[at] as string;
    const end = endOf(text, at);
    if (character === "{") put({});
    else if (character === "[") put([]);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const string = JSON.parse(text.slice(at, end)) as string;
      const last = open.at(-1);
      if (last === undefined || Array.isArray(last.value) || last.key !== undefined) put(string);
      else last.key = string;
    } else if (/[-\d]/.test(character)) put(numberOf(text.slice(at, end)));
    else if (/[a-z]/.test(character)) put(JSON.parse(text.slice(at, end)) as boolean | null);
    at = end;
  }
  return root;
}

/** Where a token of valid JSON ends. */
function endOf(text: string, start: number): number {
  let at = start + 1;
  if (text[start] === '"') {
    while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    return at + 1;
  }
  if (/[-\da-z]/.test(text[start] as string)) while (at < text.length && /[-+.\w]/.test(text[at] as string)) at += 1;
  return at;
}

function numberOf(text: string): number | WrittenNumber {
  return isHeld(text) ? Number(text) : new WrittenNumber(text);
}

/** Whether a double has the value of a number as it is written, and does not write it with an exponent where the text does not. */
function isHeld(text: string): boolean {
  const written = String(Number(text));
  if (written === text) return true;
  const [held, exact] = [decimalOf(written), decimalOf(text)];
  return held !== undefined && exact !== undefined && !written.includes("e") && isSameDecimal(held, exact);
}

/** Plain JSON: numbers that a double would change become texts, as they are written. */
export function plainJson(value: ExactJson): Json {
  if (value instanceof WrittenNumber) return value.text;
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainJson(inner)]));
}
