import { compileCondition } from "../../agents/procedure/compile.ts";
import type { Condition } from "../../agents/procedure/grammar/sentence.ts";
import type { Case } from "./window.ts";

/** Whether a case meets a condition. */
type CaseTest = (each: Case) => boolean;

export interface ConditionTests {
  /** Rules see the whole message of a case; rules of Extract see its text. */
  testOf(condition: Condition, isExtraction: boolean): CaseTest;
  /** How many results are remembered. */
  readonly size: number;
}

/** Tests each condition once on each case. */
export function createConditionTests(): ConditionTests {
  const tests = new Map<string, CaseTest>();
  let size = 0;
  const create = (condition: Condition, isExtraction: boolean): CaseTest => {
    const test = compileCondition(condition);
    const results: (boolean | undefined)[] = [];
    return (each) => {
      const known = results[each.serial];
      if (known !== undefined) return known;
      const { body, message } = each;
      const result = isExtraction ? test(body, (name) => message.about(name)) : test(message);
      while (results.length <= each.serial) results.push(undefined);
      results[each.serial] = result;
      size += 1;
      return result;
    };
  };
  return {
    testOf(condition, isExtraction) {
      const key = `${isExtraction ? "Extract" : "Rules"} ${keyOf(condition)}`;
      const known = tests.get(key) ?? create(condition, isExtraction);
      tests.set(key, known);
      return known;
    },
    get size() {
      return size;
    },
  };
}

const keys = new WeakMap<Condition, string>();

function keyOf(condition: Condition): string {
  const key = keys.get(condition) ?? JSON.stringify(condition);
  keys.set(condition, key);
  return key;
}
