import { quote, shorten } from "../skills/shorten.ts";
import { decimalOf, isNearDecimal, type Decimal } from "../state/decimal.ts";
import { SkillgraphError } from "../state/errors.ts";
import { parseExactJson, WrittenNumber, type ExactJson } from "../state/exact-json.ts";
import type { Task } from "../state/task.ts";
import { checkTolerance } from "./tolerance.ts";
import type { Verifier } from "./verifier.ts";

const shown = 120;
const fence = /^```[\w-]*[ \t]*\r?\n([\s\S]*?)\r?\n?```$/;

/**
 * 1 when the answer is the expected JSON, else 0 with the first path at which they differ. The order of keys and white space make no
 * difference, nor does a Markdown fence around the answer; the order of items does. Numbers may differ by `tolerance`, a share of the
 * expected one, and are compared as decimals, exactly as they are written. `expected` is the JSON itself, or a text that holds it.
 */
export function createJsonEquality({ tolerance = 0 }: { tolerance?: number } = {}): Verifier {
  checkTolerance(tolerance, "json");
  return {
    fingerprint: `json@2:${tolerance}`,
    check(task) {
      expectedJson(task);
    },
    score(answer, task) {
      const expected = expectedJson(task);
      const text = answer.text.trim();
      const got = parsed(fence.exec(text)?.[1] ?? text);
      const difference = typeof got === "string" ? { text: got } : firstDifference(expected, got.value, tolerance);
      if (difference === undefined) return { value: 1, objectives: {}, feedback: "Right: the same JSON." };
      const feedback =
        "text" in difference
          ? `The answer is no JSON (${difference.text}): ${quote(text, shown)}.`
          : toldOf(difference);
      return { value: 0, objectives: {}, feedback };
    },
  };
}

function expectedJson({ id, expected }: Task): ExactJson {
  if (expected === undefined) {
    throw new SkillgraphError(
      "tasks",
      `Task ${quote(id)} has no expected value; the json verifier needs "expected" as JSON. Add it or choose another verifier.`,
    );
  }
  if (typeof expected !== "string") return expected;
  const read = parsed(expected);
  if (typeof read !== "string") return read.value;
  throw new SkillgraphError(
    "tasks",
    `Task ${quote(id)} expects the text ${quote(expected, shown)}, which is not JSON (${read}). Write the JSON itself, or choose the verifier exact.`,
  );
}

/** The value, or why the text is no JSON. */
function parsed(text: string): { value: ExactJson } | string {
  try {
    return { value: parseExactJson(text) };
  } catch (error) {
    return (error as Error).message;
  }
}

/** Where two values differ; what is undefined is not there. */
export interface Difference {
  path: string;
  expected: ExactJson | undefined;
  got: ExactJson | undefined;
}

/** The first difference, in the order of the expected value, then what is beyond it. It keeps a list, as JSON may be deeper than the stack. */
export function firstDifference(expected: ExactJson, got: ExactJson, tolerance = 0): Difference | undefined {
  const open: Difference[] = [{ path: "$", expected, got }];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const { expected: left, got: right } = pair;
    const numbers = decimalsIn(left, right);
    if (numbers !== undefined) {
      if (!isNearDecimal(numbers.got, numbers.expected, tolerance)) return pair;
    } else if (isNested(left) && isNested(right) && Array.isArray(left) === Array.isArray(right)) {
      for (const inner of inside(pair.path, left, right).toReversed()) open.push(inner);
    } else if (left !== right) return pair;
  }
  return undefined;
}

/** Two numbers. A number that a double would change is a text in a task, and stands for a number where one is given for it. */
function decimalsIn(
  expected: ExactJson | undefined,
  got: ExactJson | undefined,
): { expected: Decimal; got: Decimal } | undefined {
  const found = numberOf(got);
  if (found === undefined) return undefined;
  const isWritten = typeof expected === "string" && writtenForm.test(expected);
  const wanted = isWritten ? decimalOf(expected) : numberOf(expected);
  return wanted === undefined ? undefined : { expected: wanted, got: found };
}

/** A number of JSON that is so long that a task may hold it as a text. */
const writtenForm = /^-?(?=[\d.]{17}|.*[eE])(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function numberOf(value: ExactJson | undefined): Decimal | undefined {
  if (value instanceof WrittenNumber) return decimalOf(value.text);
  return typeof value === "number" ? decimalOf(String(value)) : undefined;
}

type Nested = ExactJson[] | { [key: string]: ExactJson };

function isNested(value: ExactJson | undefined): value is Nested {
  return typeof value === "object" && value !== null && !(value instanceof WrittenNumber);
}

function inside(path: string, left: Nested, right: Nested): Difference[] {
  const keys = [...Object.keys(left), ...Object.keys(right).filter((key) => !Object.hasOwn(left, key))];
  const at = (value: Nested, key: string) =>
    Object.hasOwn(value, key) ? (value as Record<string, ExactJson>)[key] : undefined;
  const step = (key: string) => {
    if (Array.isArray(left)) return `[${key}]`;
    return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  };
  return keys.map((key) => ({ path: `${path}${step(key)}`, expected: at(left, key), got: at(right, key) }));
}

function toldOf({ path, expected, got }: Difference): string {
  return `At ${shorten(path, 200)} expected ${inWords(expected)}, got ${inWords(got)}.`;
}

function inWords(value: ExactJson | undefined): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return quote(value, shown);
  if (value instanceof WrittenNumber) return shorten(value.text, shown);
  if (!isNested(value)) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const keys = Object.keys(value);
  return keys.length === 0
    ? "an empty object"
    : `an object with ${shorten(keys.map((key) => quote(key, 40)).join(", "), shown)}`;
}
