import type { Act } from "../../agents/procedure/grammar/act.ts";
import { createCompiler, type Procedure } from "../../agents/procedure/interpret.ts";
import { createMessageReader, type Message } from "../../agents/procedure/message.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { createConditionTests, type ConditionTests } from "./condition-tests.ts";
import { createFinders, type Finders } from "./extraction/finders.ts";
import { readLeads, textsOfLeads, type Leads } from "./extraction/leads.ts";
import { lexiconLocators } from "./extraction/lexicons.ts";
import type { Locator } from "./extraction/locators.ts";
import { createNormalising, keyOfNormaliser, type Normaliser } from "./extraction/normaliser.ts";
import { createPool, type Pool } from "./extraction/pool.ts";
import { createCaseReader, createVocabulary, type Case, type CaseReader, type Vocabulary } from "./window.ts";

/**
 * Remembers across proposals what cases suggest and what acts find in them. Each entry depends on its key alone, so what is
 * remembered changes no result.
 */
export interface Notebook extends Pick<Finders, "finderOf" | "holderOf">, Pick<ConditionTests, "testOf"> {
  readonly cases: CaseReader;
  compile(skills: readonly SkillFolder[]): Procedure;
  read(text: string): Message;
  readonly vocabulary: Vocabulary;
  leadsOf(each: Case): Leads;
  /** The texts a case suggests for the last of some acts. */
  textsFor(each: Case, acts: readonly Act[]): readonly string[];
  /** What the most of some cases suggest; a locator that fewer than `least` suggest is left out. */
  poolOf(cases: readonly Case[], least?: number): Pool;
  /** Ways to find one of the values that several of some cases expect. */
  lexiconsOf(cases: readonly Case[], marks: readonly Locator[]): readonly Locator[];
  normalising(normaliser: Normaliser): (raw: string) => string | undefined;
  /** Whether to go on with an empty one. */
  readonly isFull: boolean;
}

const mostCases = 5000;
const mostPools = 1000;
const mostFindings = 4_000_000;

export function createNotebook(): Notebook {
  const read = createMessageReader(mostCases);
  const cases = createCaseReader(read);
  const finders = createFinders();
  const conditions = createConditionTests();
  const leads = new Map<Case, Leads>();
  const normalisings = new Map<string, (raw: string) => string | undefined>();
  const texts = new Map<string, Map<Case, readonly string[]>>();
  const pools = new Map<string, Pool>();
  const lexicons = new Map<string, readonly Locator[]>();
  const leadsOf = (each: Case): Leads => {
    const known = leads.get(each) ?? readLeads(each);
    leads.set(each, known);
    return known;
  };
  return {
    leadsOf,
    textsFor(each, acts) {
      const kinds = acts.map(({ kind }) => kind).join();
      const ofKinds = texts.get(kinds) ?? new Map<Case, readonly string[]>();
      texts.set(kinds, ofKinds);
      const known = ofKinds.get(each) ?? textsOfLeads(leadsOf(each), acts);
      ofKinds.set(each, known);
      return known;
    },
    poolOf(given, least = 2) {
      const key = `${least} ${given.map(({ serial }) => serial).join()}`;
      const known = pools.get(key) ?? createPool(given.map(leadsOf), least);
      if (pools.size >= mostPools) pools.clear();
      pools.set(key, known);
      return known;
    },
    finderOf: finders.finderOf,
    holderOf: finders.holderOf,
    testOf: conditions.testOf,
    cases,
    compile: createCompiler(),
    read,
    vocabulary: createVocabulary(),
    lexiconsOf(given, marks) {
      const key = `${given.map(({ serial }) => serial).join()} ${marks.map(({ key: mark }) => mark).join()}`;
      const known = lexicons.get(key) ?? lexiconLocators(given, marks, finders);
      if (lexicons.size >= mostPools) lexicons.clear();
      lexicons.set(key, known);
      return known;
    },
    normalising(normaliser) {
      const key = keyOfNormaliser(normaliser);
      const known = normalisings.get(key) ?? createNormalising(normaliser);
      normalisings.set(key, known);
      return known;
    },
    get isFull() {
      return cases.size > mostCases || finders.size + conditions.size > mostFindings;
    },
  };
}
