import type { Message } from "../../../agents/procedure/message.ts";
import { createTrait, type Phrasebook } from "./phrasebook.ts";
import { startsFunctionWord } from "../readability.ts";
import { listPhrases, type TraitList } from "./trait-lists.ts";

/** Fewer letters begin words that have nothing to do with each other. */
const shortest = 3;
const longest = 12;

/** Beginnings of words by number: for "rates" those of "rat", "rate" and "rates", and the word itself. */
export interface Stembook extends Phrasebook {
  /** The beginning that is shorter by a letter, or that is the word; undefined for the shortest. */
  parentOf(entry: number): number | undefined;
  /** Whether it is a beginning, and not a word, and can stand in a skill. */
  isStem(entry: number): boolean;
}

export function createStembook(): Stembook {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const parents: number[] = [];
  const usable: boolean[] = [];
  const rows = new WeakMap<Message, Int32Array>();
  const ofTokens = new Map<string, readonly number[]>();
  const traits: ReturnType<typeof createTrait>[] = [];
  const numberOf = (key: string, text: string, parent: number): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, texts.length);
    parents.push(parent);
    usable.push(key !== text && !startsFunctionWord(text));
    return texts.push(text) - 1;
  };
  const entriesOf = (token: string): readonly number[] => {
    const known = ofTokens.get(token);
    if (known !== undefined) return known;
    const entries: number[] = [];
    for (let length = shortest; length <= Math.min(token.length, longest); length += 1) {
      const start = token.slice(0, length);
      entries.push(numberOf(`${start}*`, start, entries.at(-1) ?? -1));
    }
    if (entries.length > 0) entries.push(numberOf(token, token, entries.at(-1) as number));
    ofTokens.set(token, entries);
    return entries;
  };
  const rowOf = (message: Message): Int32Array => {
    const known = rows.get(message);
    if (known !== undefined) return known;
    const words = message.tokens.filter((token) => /^\p{L}/u.test(token));
    const row = Int32Array.from(new Set(words.flatMap(entriesOf)));
    rows.set(message, row);
    return row;
  };
  return {
    rowsOf: (messages) => messages.map(rowOf),
    traitOf: (entry) => (traits[entry] ??= createTrait({ kind: "mentions", phrases: [`${texts[entry] as string}*`] })),
    parentOf: (entry) => (parents[entry] === -1 ? undefined : parents[entry]),
    isStem: (entry) => usable[entry] === true,
    get size() {
      return texts.length;
    },
  };
}

/** "mentions word*" for what words of several messages begin with, where no longer beginning and no single word says the same of them. */
export function listStems(messages: readonly Message[], book: Stembook): TraitList {
  let isSaid: Uint8Array | undefined;
  return listPhrases(messages, book, (entry, counts) => {
    isSaid ??= saidByLonger(book, counts);
    return book.isStem(entry) && isSaid[entry] === 0;
  });
}

/** 1 for each beginning that stands in no more messages than a longer one does. */
function saidByLonger(book: Stembook, counts: Int32Array): Uint8Array {
  const said = new Uint8Array(counts.length);
  for (let entry = 0; entry < counts.length; entry += 1) {
    const parent = book.parentOf(entry);
    if (parent !== undefined && counts[entry] === counts[parent]) said[parent] = 1;
  }
  return said;
}
