import type { Act } from "../../agents/procedure/grammar/act.ts";
import { execute, type Execution } from "../../agents/procedure/execute.ts";
import { createCompiler, type Procedure } from "../../agents/procedure/interpret.ts";
import { createMessageReader, type Message } from "../../agents/procedure/message.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { createConditionTests, type ConditionTests } from "./condition-tests.ts";
import { createFinders, type Finders } from "./extraction/finders.ts";
import { readLeads, textsOfLeads, type Leads } from "./extraction/leads.ts";
import { createLexicons } from "./extraction/lexicons.ts";
import type { Locator } from "./extraction/locators.ts";
import { createNormalising, keyOfNormaliser, type Normaliser } from "./extraction/normaliser.ts";
import { createPooling, type Pool } from "./extraction/pool.ts";
import { once } from "../../agents/procedure/once.ts";
import { createValues, type Values } from "./procedure/values.ts";
import { readPage, type Page } from "./rewriting/rewrite.ts";
import { createCaseReader, createVocabulary, type Case, type CaseReader, type Vocabulary } from "./window.ts";

/**
 * Remembers across proposals what cases suggest and what acts find in them. Each entry depends on its key alone, so what is
 * remembered changes no result.
 */
export interface Notebook extends Pick<Finders, "finderOf" | "holderOf">, Pick<ConditionTests, "testOf"> {
  readonly cases: CaseReader;
  compile(skills: readonly SkillFolder[]): Procedure;
  read(text: string): Message;
  /** What a faithful agent answers. */
  execute(procedure: Procedure, input: string): Execution;
  /** Undefined for a skill without a text. */
  pageOf(skill: SkillFolder): Page | undefined;
  readonly vocabulary: Vocabulary;
  leadsOf(each: Case): Leads;
  /** The texts a case suggests for the last of some acts. */
  textsFor(each: Case, acts: readonly Act[]): readonly string[];
  /** What the most of some cases suggest; a locator that fewer than `least` suggest is left out. */
  poolOf(cases: readonly Case[], least?: number): Pool;
  /** Ways to find one of the values that several of some cases expect. */
  createLexicons(cases: readonly Case[]): (marks: readonly Locator[]) => readonly Locator[];
  normalising(normaliser: Normaliser): (raw: string) => string | undefined;
  /** What acts of pipelines make of texts. */
  readonly values: Values;
  /** Whether to go on with an empty one. */
  readonly isFull: boolean;
}

const mostCases = 5000;
const mostPools = 1000;
const mostPrograms = 8;
const mostOfValues = 1_000_000;
const mostFindings = 4_000_000;

export function createNotebook(): Notebook {
  const read = createMessageReader(mostCases);
  const cases = createCaseReader(read);
  const vocabulary = createVocabulary();
  const finders = createFinders();
  const conditions = createConditionTests(cases.cases);
  const leads = new Map<Case, Leads>();
  const normalisings = new Map<string, (raw: string) => string | undefined>();
  const texts = new Map<string, Map<Case, readonly string[]>>();
  const poolFrom = createPooling();
  const pools = new Map<string, Pool>();
  const pages = new Map<string, Page | undefined>();
  const executions = new Map<Procedure, Map<string, Execution>>();
  let values = createValues();
  const leadsOf = (each: Case): Leads => once(leads, each, () => readLeads(each));
  return {
    leadsOf,
    textsFor(each, acts) {
      const ofKinds = once(texts, acts.map(({ kind }) => kind).join(), () => new Map<Case, readonly string[]>());
      return once(ofKinds, each, () => textsOfLeads(leadsOf(each), acts));
    },
    poolOf(given, least = 2) {
      const key = `${least} ${given.map(({ serial }) => serial).join()}`;
      return once(pools, key, () => poolFrom(given.map(leadsOf), least), mostPools);
    },
    finderOf: finders.finderOf,
    holderOf: finders.holderOf,
    testOf: conditions.testOf,
    cases,
    compile: createCompiler(),
    read,
    execute(procedure, input) {
      const known = once(executions, procedure, () => new Map<string, Execution>(), mostPrograms);
      return once(known, input, () => execute(procedure, input, { read }));
    },
    pageOf: (skill) => once(pages, `${skill.name}:${skill.hash}`, () => readPage(skill), mostPrograms),
    vocabulary,
    createLexicons: (given) => createLexicons(given, finders),
    normalising: (normaliser) => once(normalisings, keyOfNormaliser(normaliser), () => createNormalising(normaliser)),
    get values() {
      if (values.size > mostOfValues) values = createValues();
      return values;
    },
    get isFull() {
      const findings = finders.size + conditions.size + vocabulary.patterns.size;
      return cases.cases.length > mostCases || findings > mostFindings;
    },
  };
}
