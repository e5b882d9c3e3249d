import { compileClause } from "../../agents/procedure/compile.ts";
import { readFields } from "../../agents/procedure/fields.ts";
import { readMessage, type Message } from "../../agents/procedure/message.ts";
import { features, type Clause } from "../../agents/procedure/grammar/sentence.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { labelOf } from "../label.ts";
import {
  createPatternBook,
  fieldTraits,
  patternTraits,
  type FoundTrait,
  type PatternBook,
} from "./extraction/traits.ts";
import { once } from "../../agents/procedure/once.ts";
import { createPhrasebook, createTrait, type Phrasebook } from "./traits/phrasebook.ts";
import { createStembook, listStems, type Stembook } from "./traits/stems.ts";
import {
  createTraitIndex,
  leastSupport,
  listPhrases,
  listTraits,
  type TraitIndex,
  type TraitList,
} from "./traits/trait-lists.ts";

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
  /** All cases with the same line, this one too; more may come. */
  readonly alike: readonly Case[];
}

/** The replay window; its own traits are those of whole messages. */
export interface Window extends TraitIndex {
  readonly cases: readonly Case[];
  /** Values of fields that sort the cases into a few kinds; none where the messages have no fields. */
  readonly fields: readonly FoundTrait[];
  /** What can guard an extraction: traits of the text without its fields, with patterns. */
  readonly guards: TraitIndex;
}

/** Reads what tasks ask and expect as cases, each once. */
export interface CaseReader {
  caseOf(task: string, input: string, expected: string): Case;
  /** All of them, by their serials. */
  readonly cases: readonly Case[];
}

export function createCaseReader(read: (text: string) => Message = readMessage): CaseReader {
  const known = new Map<string, Case[]>();
  const ofLines = new Map<string, Case[]>();
  const cases: Case[] = [];
  return {
    cases,
    caseOf(task, input, expected) {
      const same = once(known, input, (): Case[] => []);
      const old = same.find((each) => each.task === task && each.expected === expected);
      if (old !== undefined) return old;
      const { text } = readFields(input);
      const message = read(input);
      const body = text === input ? message : readMessage(text);
      const alike = once(ofLines, message.line, (): Case[] => []);
      const each = { task, serial: cases.length, message, text, body, expected, alike };
      alike.push(each);
      same.push(each);
      cases.push(each);
      return each;
    },
  };
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

/** What cases can be read to say, each case once for all windows it is in. */
export interface Vocabulary {
  readonly mentions: Phrasebook;
  readonly beginnings: Phrasebook;
  readonly stems: Stembook;
  readonly patterns: PatternBook;
}

export function createVocabulary(): Vocabulary {
  return {
    mentions: createPhrasebook("mentions"),
    beginnings: createPhrasebook("starts-with"),
    stems: createStembook(),
    patterns: createPatternBook(),
  };
}

export function createWindow(cases: readonly Case[], vocabulary: Vocabulary): Window {
  const fields = fieldTraits(cases);
  const messages = cases.map(({ message }) => message);
  const bodies = cases.map(({ body }) => body);
  const plain = plainTraits(messages, vocabulary);
  const createGuards = (): TraitIndex => {
    // Without fields a text is the whole message.
    const own = bodies.every((body, place) => body === messages[place]) ? plain : plainTraits(bodies, vocabulary);
    return createTraitIndex([...own, listTraits(patternTraits(cases, vocabulary.patterns))], cases.length);
  };
  let guards: TraitIndex | undefined;
  return {
    ...createTraitIndex([...plain, listTraits(fields)], cases.length),
    cases,
    fields,
    get guards() {
      return (guards ??= createGuards());
    },
  };
}

/** "mentions" for every run of 1-3 tokens and every stem, "starts with" for every beginning that enough messages share, and shapes. */
function plainTraits(messages: readonly Message[], { mentions, beginnings, stems }: Vocabulary): TraitList[] {
  return [
    listPhrases(messages, mentions),
    listPhrases(messages, beginnings),
    listTraits(shapeTraits(messages)),
    listStems(messages, stems),
  ];
}

/** Features and lengths, where they tell some cases from others. */
function shapeTraits(messages: readonly Message[]): FoundTrait[] {
  const lengths = messages.map(({ words }) => words).toSorted((left, right) => left - right);
  const quartiles = [0.25, 0.5, 0.75].map((share) => lengths[Math.floor(share * lengths.length)] ?? 0);
  const ofLengths = [...new Set(quartiles)].flatMap((words): Clause[] => [
    { kind: "more-words", words },
    { kind: "fewer-words", words },
  ]);
  const placesWhere = (holds: (message: Message) => boolean): number[] =>
    [...messages.keys()].filter((place) => holds(messages[place] as Message));
  return [
    ...ofFeatures.map(({ trait }, at) => ({
      trait,
      cases: placesWhere((message) => featuresOf(message)[at] === true),
    })),
    ...ofLengths.map((clause) => ({ trait: createTrait(clause), cases: placesWhere(compileClause(clause)) })),
  ].filter(({ cases }) => cases.length >= leastSupport && cases.length < messages.length);
}

const ofFeatures = features
  .flatMap((feature): Clause[] => [
    { kind: "has", feature },
    { kind: "has-no", feature },
  ])
  .map((clause) => ({ trait: createTrait(clause), holds: compileClause(clause) }));

const known = new WeakMap<Message, readonly boolean[]>();

/** Which of `ofFeatures` hold for a message. */
function featuresOf(message: Message): readonly boolean[] {
  const own = known.get(message) ?? ofFeatures.map(({ holds }) => holds(message));
  known.set(message, own);
  return own;
}
