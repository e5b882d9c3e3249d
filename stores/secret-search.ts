import type { SecretForm } from "./secret-forms.ts";

/** A form of a secret, and the name that takes its place in a text. */
export interface NamedForm extends SecretForm {
  name: string;
}

/** With the end of the shortest varied piece from each of its places. */
interface SearchedForm extends NamedForm {
  varied: readonly number[];
}

/** A piece of a text that gives a secret away. */
interface Found {
  start: number;
  end: number;
  name: string;
  /** Whether it is all of a form. */
  isWhole: boolean;
}

/** Characters that are looked up at a time. Every piece of seven or more has such a run at a place divisible by it. */
const run = 4;

/** Places of one run in a form that are followed up: what is random has it once, what repeats itself everywhere. */
const mostPlaces = 4;

/** A piece that is made of fewer different characters is a line of dashes or the like. */
const leastVariety = 4;

/**
 * Replaces what gives a secret away by its name in brackets. Goes through a text once, four characters at a time, whatever
 * the number of secrets and forms.
 */
export function createSecretSearch(given: readonly NamedForm[]): (text: string) => string {
  if (given.length === 0) return (text) => text;
  const forms = given.map((form): SearchedForm => ({ ...form, varied: variedEnds(form.text) }));
  const places = new Map<number, Array<{ form: SearchedForm; at: number }>>();
  const isKnown = new Uint8Array(1 << 16);
  for (const form of forms) {
    for (let at = 0; at + run <= form.text.length; at += 1) {
      // Where no piece can count, nothing is looked up: repetition costs time in a text that has it too.
      if ((form.varied[Math.max(0, at + run - form.least)] as number) > at + form.least) continue;
      const key = keyAt(form.text, at);
      const known = places.get(key) ?? [];
      places.set(key, known);
      if (known.filter((each) => each.form === form).length < mostPlaces) known.push({ form, at });
      isKnown[(key ^ (key >>> 16)) & 0xffff] = 1;
    }
  }

  /** The longest piece of a secret around a place of the text, from `from` on. */
  function pieceAt(text: string, place: number, from: number): Found | undefined {
    let longest: Found | undefined;
    for (const { form, at } of places.get(keyAt(text, place)) ?? []) {
      const found = grown(text, { place, from, form, at });
      if (found === undefined) continue;
      const longer = longest === undefined ? 1 : found.end - found.start - (longest.end - longest.start);
      if (longer > 0 || (longer === 0 && found.isWhole)) longest = found;
    }
    return longest;
  }

  return (text) => {
    const parts: string[] = [];
    let [last, place] = [0, 0];
    while (place + run <= text.length) {
      const key = keyAt(text, place);
      const found = isKnown[(key ^ (key >>> 16)) & 0xffff] === 1 ? pieceAt(text, place, last) : undefined;
      if (found === undefined) {
        place += run;
        continue;
      }
      const { start, end } = withWholeEscapes(text, found);
      parts.push(text.slice(last, Math.max(last, start)), `[${found.name}]`);
      last = end;
      place = end;
    }
    return last === 0 ? text : parts.join("") + text.slice(last);
  };
}

function keyAt(text: string, at: number): number {
  const high = (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2);
  return high * 31 + text.charCodeAt(at + 3);
}

interface Meeting {
  place: number;
  from: number;
  form: SearchedForm;
  at: number;
}

/** How far text and form agree around the place where they meet; undefined where that is too little. */
function grown(text: string, { place, from, form, at }: Meeting): Found | undefined {
  const { text: secret, least, name, varied } = form;
  let before = 0;
  const room = Math.min(place - from, at);
  while (before < room && text.charCodeAt(place - before - 1) === secret.charCodeAt(at - before - 1)) before += 1;
  let after = 0;
  while (at + after < secret.length && text.charCodeAt(place + after) === secret.charCodeAt(at + after)) after += 1;
  const length = before + after;
  if (after < run || length < least) return undefined;
  if ((varied[at - before] as number) > at + after) return undefined;
  return { start: place - before, end: place + after, name, isWhole: length === secret.length };
}

/** For each place of a text, the end of the shortest piece from there that is varied enough. */
function variedEnds(text: string): number[] {
  const ends = Array.from({ length: text.length }, () => Infinity);
  /** Where each character comes next, the nearest first. */
  let next: Array<readonly [character: string, at: number]> = [];
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const own = text.charAt(at);
    next = [[own, at] as const, ...next.filter(([character]) => character !== own)].slice(0, leastVariety);
    if (next.length === leastVariety) ends[at] = (next.at(-1)?.[1] ?? 0) + 1;
  }
  return ends;
}

/** Half an escape that is left over, such as the backslash of `\n`, would spoil the JSON around it. */
function withWholeEscapes(text: string, { start, end }: Pick<Found, "start" | "end">): { start: number; end: number } {
  const opened = /\\(?:u[0-9a-fA-F]{0,3})?$/.exec(text.slice(Math.max(0, start - 5), start));
  const first = opened !== null && isEscape(text, start - opened[0].length) ? start - opened[0].length : start;
  const cut = /\\(?:u[0-9a-fA-F]{0,3})?$/.exec(text.slice(Math.max(first, end - 5), end));
  if (cut === null || !isEscape(text, end - cut[0].length)) return { start: first, end };
  const whole = text[end - cut[0].length + 1] === "u" ? 6 : 2;
  return { start: first, end: Math.min(text.length, end - cut[0].length + whole) };
}

/** Whether the backslash there begins an escape, rather than being escaped itself. */
function isEscape(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - backslashes - 1] === "\\") backslashes += 1;
  return backslashes % 2 === 0;
}
