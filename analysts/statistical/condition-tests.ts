import { compileClause } from "../../agents/procedure/compile.ts";
import type { Clause, Condition, Group } from "../../agents/procedure/grammar/sentence.ts";
import { addCase, createCaseSet, hasCase, type CaseSet } from "./case-sets.ts";
import { once } from "../../agents/procedure/once.ts";
import type { Case } from "./window.ts";

/** Whether a case meets a condition. */
type CaseTest = (each: Case) => boolean;

export interface ConditionTests {
  /** Rules see the whole message of a case; rules of Extract see its text. */
  testOf(condition: Condition, isExtraction: boolean): CaseTest;
  /** How many results are remembered. */
  readonly size: number;
}

/**
 * Tests each thing that is said of cases once on each case that was read: a phrase, a pattern, a text, a length. What
 * conditions say is put together from these, 32 cases at a time.
 */
export function createConditionTests(cases: readonly Case[]): ConditionTests {
  const [rules, extractions] = [createSide(cases, false), createSide(cases, true)];
  return {
    testOf: (condition, isExtraction) => (isExtraction ? extractions : rules).testOf(condition),
    get size() {
      return rules.size + extractions.size;
    },
  };
}

interface Tested {
  bits: CaseSet;
  /** How many cases are tested; the next ones come when they are first asked for. */
  cases: number;
}

function createSide(cases: readonly Case[], isExtraction: boolean) {
  const atoms = createAtoms(cases, isExtraction);
  const conditions = new WeakMap<Condition, CaseTest>();
  /** One clause of the group is enough; an empty group never holds. */
  const bitsOfGroup = (group: Group): CaseSet => {
    const bits = createCaseSet(cases.length);
    for (const atom of group.flatMap(atomsOf)) {
      const own = atoms.bitsOf(atom);
      for (let word = 0; word < bits.length; word += 1) bits[word] = (bits[word] as number) | (own[word] as number);
    }
    return bits;
  };
  const bitsOf = ({ all, unless }: Condition): CaseSet => {
    const bits = createCaseSet(cases.length).fill(-1);
    for (const group of all) {
      const own = bitsOfGroup(group);
      for (let word = 0; word < bits.length; word += 1) bits[word] = (bits[word] as number) & (own[word] as number);
    }
    if (unless.length === 0) return bits;
    const excepted = bitsOfGroup(unless);
    for (let word = 0; word < bits.length; word += 1) bits[word] = (bits[word] as number) & ~(excepted[word] as number);
    return bits;
  };
  const create = (condition: Condition): CaseTest => {
    const tested: Tested = { bits: createCaseSet(0), cases: 0 };
    return ({ serial }) => {
      if (serial >= tested.cases) {
        tested.bits = bitsOf(condition);
        tested.cases = cases.length;
      }
      return hasCase(tested.bits, serial);
    };
  };
  return {
    testOf(condition: Condition): CaseTest {
      const known = conditions.get(condition) ?? create(condition);
      conditions.set(condition, known);
      return known;
    },
    get size() {
      return atoms.size;
    },
  };
}

/** The cases of which clauses of a single phrase, text or pattern are true. */
function createAtoms(cases: readonly Case[], isExtraction: boolean) {
  const atoms = new Map<string, Tested & { test: CaseTest }>();
  let size = 0;
  const create = (clause: Clause) => {
    const test = compileClause(clause);
    const ofCase: CaseTest = isExtraction
      ? ({ body, message }) => test(body, (name) => message.about(name))
      : ({ message }) => test(message);
    return { test: ofCase, bits: createCaseSet(0), cases: 0 };
  };
  return {
    bitsOf(clause: Clause): CaseSet {
      const atom = once(atoms, keyOf(clause), () => create(clause));
      if (atom.cases === cases.length) return atom.bits;
      atom.bits = withRoom(atom.bits, cases.length);
      for (let serial = atom.cases; serial < cases.length; serial += 1) {
        if (atom.test(cases[serial] as Case)) addCase(atom.bits, serial);
      }
      size += cases.length - atom.cases;
      atom.cases = cases.length;
      return atom.bits;
    },
    get size() {
      return size;
    },
  };
}

function withRoom(bits: CaseSet, cases: number): CaseSet {
  const wider = createCaseSet(cases);
  wider.set(bits);
  return wider;
}

const parts = new WeakMap<Clause, readonly Clause[]>();

/** Clauses one of which holds where this one does, each of a single phrase, text or pattern where it is of several. */
function atomsOf(clause: Clause): readonly Clause[] {
  const known = parts.get(clause) ?? split(clause);
  parts.set(clause, known);
  return known;
}

function split(clause: Clause): readonly Clause[] {
  switch (clause.kind) {
    case "mentions":
    case "starts-with":
    case "ends-with":
      return clause.phrases.map((phrase) => ({ ...clause, phrases: [phrase] }));
    case "is":
      return clause.texts.map((text) => ({ ...clause, texts: [text] }));
    case "matches":
      return clause.patterns.map((pattern) => ({ ...clause, patterns: [pattern] }));
    default:
      return [clause];
  }
}

const keys = new WeakMap<Clause, string>();

function keyOf(clause: Clause): string {
  const key = keys.get(clause) ?? JSON.stringify(clause);
  keys.set(clause, key);
  return key;
}
