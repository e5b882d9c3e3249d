import type { Message } from "../../../agents/procedure/message.ts";
import { printCondition } from "../../../agents/procedure/grammar/printer.ts";
import type { Clause } from "../../../agents/procedure/grammar/sentence.ts";
import { once } from "../../../agents/procedure/once.ts";
import { emptinessOf } from "../readability.ts";

/** What saying a trait costs; one object for all traits that cost the same. */
export interface Grade {
  readonly kind: Clause["kind"];
  readonly words: number;
  readonly emptiness: number;
  /** Whether it says how long a message is. */
  readonly isLength: boolean;
}

/** Something that can be said of messages. */
export interface Trait extends Omit<Grade, "kind"> {
  readonly clause: Clause;
  readonly grade: Grade;
}

/** The phrases of messages by number, from 0 on in the order they were first read in. */
export interface Phrasebook {
  /** The phrases of each of some messages, in its order, each once, but for those that no other message read so far has. */
  rowsOf(messages: readonly Message[]): Int32Array[];
  traitOf(phrase: number): Trait;
  readonly size: number;
}

interface Reading {
  readonly row: readonly number[];
  /** What of it other messages had too when so many phrases were shared. */
  common: Int32Array;
  shared: number;
}

/** For every run of 1-3 tokens, or for every beginning. */
export function createPhrasebook(kind: "mentions" | "starts-with"): Phrasebook {
  const numbers = new Map<string, number>();
  const phrases: string[] = [];
  const traits: Trait[] = [];
  const readings = new WeakMap<Message, Reading>();
  /** For each phrase whether more than one message has it, and how many phrases that is. */
  const isShared: boolean[] = [];
  let shared = 0;
  const share = (phrase: number): void => {
    if (isShared[phrase] === true) return;
    isShared[phrase] = true;
    shared += 1;
  };
  const numberOf = (phrase: string): number => {
    const known = numbers.get(phrase);
    if (known === undefined) {
      numbers.set(phrase, phrases.length);
      isShared.push(false);
      return phrases.push(phrase) - 1;
    }
    share(known);
    return known;
  };
  const read = (message: Message): Reading => {
    const own = kind === "mentions" ? [...message.phrases] : beginningsOf(message);
    return { row: own.map(numberOf), common: new Int32Array(0), shared: -1 };
  };
  return {
    rowsOf(messages) {
      const given = new Set<Message>();
      const own = messages.map((message) => {
        const reading = readings.get(message) ?? read(message);
        readings.set(message, reading);
        // Tasks that ask the same have one message, which then counts as two.
        if (given.has(message)) for (const phrase of reading.row) share(phrase);
        given.add(message);
        return reading;
      });
      return own.map((reading) => {
        if (reading.shared !== shared) reading.common = Int32Array.from(reading.row.filter((each) => isShared[each]));
        reading.shared = shared;
        return reading.common;
      });
    },
    traitOf: (phrase) => (traits[phrase] ??= createTrait({ kind, phrases: [phrases[phrase] as string] })),
    get size() {
      return phrases.length;
    },
  };
}

function beginningsOf({ tokens }: Message): string[] {
  return [1, 2, 3].filter((length) => length <= tokens.length).map((length) => tokens.slice(0, length).join(" "));
}

/** Few: traits are of a few words, and emptiness is a share of those. */
const grades = new Map<string, Grade>();

export function createTrait(
  clause: Clause,
  words = printCondition({ all: [[clause]], unless: [] }).split(" ").length,
): Trait {
  const terms = { words, emptiness: emptinessOf(clause), isLength: "words" in clause };
  const { kind } = clause;
  const grade = once(grades, [kind, words, terms.emptiness].join(), () => ({ kind, ...terms }));
  return { clause, ...terms, grade };
}
