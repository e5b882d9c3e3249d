import type { Message } from "../../agents/procedure/message.ts";
import { printCondition } from "../../agents/procedure/grammar/printer.ts";
import type { Clause } from "../../agents/procedure/grammar/sentence.ts";
import { emptinessOf } from "./readability.ts";

/** Something that can be said of messages, and what saying it costs. */
export interface Trait {
  readonly clause: Clause;
  readonly words: number;
  readonly emptiness: number;
  /** Whether it says how long a message is. */
  readonly isLength: boolean;
}

/** The phrases of messages by number, from 0 on in the order they were first read in. */
export interface Phrasebook {
  /** The phrases of a message, in its order, each once. */
  numbersOf(message: Message): Int32Array;
  traitOf(phrase: number): Trait;
  readonly size: number;
}

/** For every run of 1-3 tokens, or for every beginning. */
export function createPhrasebook(kind: "mentions" | "starts-with"): Phrasebook {
  const numbers = new Map<string, number>();
  const phrases: string[] = [];
  const traits: Trait[] = [];
  const read = new WeakMap<Message, Int32Array>();
  const numberOf = (phrase: string): number => {
    const known = numbers.get(phrase) ?? phrases.push(phrase) - 1;
    numbers.set(phrase, known);
    return known;
  };
  return {
    numbersOf(message) {
      const known = read.get(message);
      if (known !== undefined) return known;
      const own = kind === "mentions" ? [...message.phrases] : beginningsOf(message);
      const row = Int32Array.from(own, numberOf);
      read.set(message, row);
      return row;
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

export function createTrait(clause: Clause): Trait {
  const words = printCondition({ all: [[clause]], unless: [] }).split(" ").length;
  return { clause, words, emptiness: emptinessOf(clause), isLength: "words" in clause };
}
