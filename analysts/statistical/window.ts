import { compileClause } from "../../agents/procedure/compile.ts";
import { readFields } from "../../agents/procedure/fields.ts";
import { readMessage, type Message } from "../../agents/procedure/message.ts";
import { printCondition } from "../../agents/procedure/grammar/printer.ts";
import { features, type Clause } from "../../agents/procedure/grammar/sentence.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { labelOf } from "../label.ts";
import { fieldTraits, patternTraits } from "./extraction/traits.ts";
import { emptinessOf } from "./readability.ts";

/** A rolled-out task with its expected answer, ready to be replayed. */
export interface Case {
  readonly task: string;
  /** Its number among all cases one reader has read. */
  readonly serial: number;
  readonly message: Message;
  /** What extraction works on: the input without its fields. */
  readonly text: string;
  /** The same, ready to be matched. */
  readonly body: Message;
  readonly expected: string;
}

/** Something that can be said of messages, and the cases it is true of, ascending. */
export interface Trait {
  readonly clause: Clause;
  readonly cases: Int32Array;
  readonly words: number;
  readonly emptiness: number;
}

/** An inverted index: traits to cases, cases to traits. */
export interface TraitIndex {
  readonly traits: readonly Trait[];
  /** For each case the traits that are true of it, as places in `traits`. */
  readonly traitsOf: readonly Int32Array[];
}

/** The replay window; its own traits are those of whole messages. */
export interface Window extends TraitIndex {
  readonly cases: readonly Case[];
  /** Values of fields that sort the cases into a few kinds; none where the messages have no fields. */
  readonly fields: readonly Trait[];
  /** What can guard an extraction: traits of the text without its fields, with patterns. */
  readonly guards: TraitIndex;
}

/** A trait of fewer cases is no ground for a rule. */
const leastSupport = 2;

/** Reads what tasks ask and expect as cases, each once. */
export interface CaseReader {
  caseOf(task: string, input: string, expected: string): Case;
  /** How many there are. */
  readonly size: number;
}

export function createCaseReader(): CaseReader {
  const known = new Map<string, Case>();
  return {
    caseOf(task, input, expected) {
      const key = JSON.stringify([task, expected, input]);
      const each = known.get(key) ?? readCase({ task, input, expected }, known.size);
      known.set(key, each);
      return each;
    },
    get size() {
      return known.size;
    },
  };
}

function readCase({ task, input, expected }: { task: string; input: string; expected: string }, serial: number): Case {
  const { text } = readFields(input);
  const message = readMessage(input);
  const body = text === input ? message : readMessage(text);
  return { task, serial, message, text, body, expected };
}

/** The replay as cases: one a task, its newest rollout that is not missing, leaving out those without an expected label. */
export function casesOf(replay: readonly ScoredRollout[], reader: CaseReader = createCaseReader()): Case[] {
  const newest = new Map<string, ScoredRollout>();
  for (const scored of replay) {
    if (scored.score === null) continue;
    newest.delete(scored.rollout.task);
    newest.set(scored.rollout.task, scored);
  }
  return [...newest.values()].flatMap(({ rollout, question, expected }) => {
    const label = labelOf(expected);
    return label === null ? [] : [reader.caseOf(rollout.task, question.input, label)];
  });
}

export function createWindow(cases: readonly Case[]): Window {
  const fields = fieldTraits(cases);
  const messages = cases.map(({ message }) => message);
  const traits = [...phraseTraits(messages), ...shapeTraits(messages), ...fields];
  let guards: TraitIndex | undefined;
  return {
    cases,
    traits,
    traitsOf: placesOf(traits, cases.length),
    fields,
    get guards() {
      return (guards ??= guardsIn(cases));
    },
  };
}

/** Traits of the texts without their fields. */
function guardsIn(cases: readonly Case[]): TraitIndex {
  const bodies = cases.map(({ body }) => body);
  const traits = [...phraseTraits(bodies), ...shapeTraits(bodies), ...patternTraits(cases)];
  return { traits, traitsOf: placesOf(traits, cases.length) };
}

/** Turns the index around: for each case the traits that are true of it. */
function placesOf(traits: readonly Trait[], cases: number): Int32Array[] {
  const places = Array.from({ length: cases }, (): number[] => []);
  for (const [place, trait] of traits.entries()) for (const each of trait.cases) places[each]?.push(place);
  return places.map((each) => Int32Array.from(each));
}

function traitOf(clause: Clause, cases: readonly number[]): Trait {
  let words: number | undefined;
  let emptiness: number | undefined;
  return {
    clause,
    cases: Int32Array.from(cases),
    get words() {
      return (words ??= printCondition({ all: [[clause]], unless: [] }).split(" ").length);
    },
    get emptiness() {
      return (emptiness ??= emptinessOf(clause));
    },
  };
}

/** "mentions" for every run of 1-3 tokens and "starts with" for every beginning that enough cases share. */
function phraseTraits(messages: readonly Message[]): Trait[] {
  const inside = new Map<string, number[]>();
  const atStart = new Map<string, number[]>();
  const note = (postings: Map<string, number[]>, phrase: string, place: number): void => {
    const known = postings.get(phrase);
    if (known === undefined) postings.set(phrase, [place]);
    else known.push(place);
  };
  for (const [place, message] of messages.entries()) {
    for (const phrase of message.phrases) note(inside, phrase, place);
    for (let length = 1; length <= Math.min(3, message.tokens.length); length += 1) {
      note(atStart, message.tokens.slice(0, length).join(" "), place);
    }
  }
  return [...traitsFrom(inside, "mentions"), ...traitsFrom(atStart, "starts-with")];
}

function traitsFrom(postings: Map<string, number[]>, kind: "mentions" | "starts-with"): Trait[] {
  return [...postings]
    .filter(([, cases]) => cases.length >= leastSupport)
    .map(([phrase, cases]) => traitOf({ kind, phrases: [phrase] }, cases));
}

/** Features and lengths, where they tell some cases from others. */
function shapeTraits(messages: readonly Message[]): Trait[] {
  const lengths = messages.map(({ words }) => words).toSorted((left, right) => left - right);
  const quartiles = [0.25, 0.5, 0.75].map((share) => lengths[Math.floor(share * lengths.length)] ?? 0);
  const clauses: Clause[] = [
    ...features.flatMap((feature): Clause[] => [
      { kind: "has", feature },
      { kind: "has-no", feature },
    ]),
    ...[...new Set(quartiles)].flatMap((words): Clause[] => [
      { kind: "more-words", words },
      { kind: "fewer-words", words },
    ]),
  ];
  return clauses
    .map((clause) => {
      const holds = compileClause(clause);
      return traitOf(
        clause,
        messages.flatMap((message, place) => (holds(message) ? [place] : [])),
      );
    })
    .filter((trait) => trait.cases.length >= leastSupport && trait.cases.length < messages.length);
}
