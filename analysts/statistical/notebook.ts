import { createConditionTests, type ConditionTests } from "./condition-tests.ts";
import { createFinders, type Finders } from "./extraction/finders.ts";
import { readLeads, type Leads } from "./extraction/leads.ts";
import { createNormalising, type Normaliser } from "./extraction/normaliser.ts";
import { createCaseReader, type Case, type CaseReader } from "./window.ts";

/**
 * Remembers across proposals what cases suggest and what acts find in them. Each entry depends on its key alone, so what is
 * remembered changes no result.
 */
export interface Notebook extends Pick<Finders, "finderOf" | "holderOf">, Pick<ConditionTests, "testOf"> {
  readonly cases: CaseReader;
  leadsOf(each: Case): Leads;
  normalising(normaliser: Normaliser): (raw: string) => string | undefined;
  /** Whether to go on with an empty one. */
  readonly isFull: boolean;
}

const mostCases = 5000;
const mostFindings = 4_000_000;

export function createNotebook(): Notebook {
  const cases = createCaseReader();
  const finders = createFinders();
  const conditions = createConditionTests();
  const leads = new Map<Case, Leads>();
  const normalisings = new Map<string, (raw: string) => string | undefined>();
  return {
    finderOf: finders.finderOf,
    holderOf: finders.holderOf,
    testOf: conditions.testOf,
    cases,
    leadsOf(each) {
      const known = leads.get(each) ?? readLeads(each);
      leads.set(each, known);
      return known;
    },
    normalising(normaliser) {
      const key = JSON.stringify(normaliser);
      const known = normalisings.get(key) ?? createNormalising(normaliser);
      normalisings.set(key, known);
      return known;
    },
    get isFull() {
      return cases.size > mostCases || finders.size + conditions.size > mostFindings;
    },
  };
}
