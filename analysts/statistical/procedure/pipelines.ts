import type { Act, Value } from "../../../agents/procedure/grammar/act.ts";
import { textOfValue } from "../../../agents/procedure/perform.ts";
import { textItem } from "../extraction/normaliser.ts";
import type { Case } from "../window.ts";
import { jointsOf, marksOf } from "./landmarks.ts";
import { valueAfter } from "./lists.ts";

/** Acts that lead from the text of a case to its answer, in order. */
export type Pipeline = readonly Act[];

interface State {
  readonly acts: Pipeline;
  /** What the acts make of each case of the sample. */
  readonly values: readonly Value[];
}

interface Found {
  readonly acts: Pipeline;
  /** Cases of the sample it answers rightly. */
  readonly right: number;
}

const deepest = 6;
const widest = 3000;
const sampled = 8;
const mostFound = 12;

/**
 * Breadth-first over typed acts (text to list to number): the pipelines that answer most of a sample rightly, the shorter of
 * two equals first. It ends with the first depth that answers all. What comes to the same values as a shorter pipeline is not
 * followed.
 */
export function findPipelines(cases: readonly Case[]): Pipeline[] {
  const sample = cases.slice(0, sampled);
  const wanted = sample.map(({ expected }) => expected);
  const inventory = { marks: marksOf(cases), joints: jointsOf(cases) };
  const known = new Set<string>();
  const found: Found[] = [];
  let open: State[] = [{ acts: [], values: sample.map(({ text }) => text) }];
  for (
    let depth = 0;
    depth < deepest && !found.some(({ right }) => right === sample.length) && open.length > 0;
    depth += 1
  ) {
    const next: State[] = [];
    for (const state of open) {
      for (const act of actsOn(state, inventory)) {
        const values = state.values.map((value) => valueAfter([act], value));
        const key = JSON.stringify(values);
        if (values.includes("") || known.has(key) || next.length >= widest) continue;
        known.add(key);
        const acts = [...state.acts, act];
        const right = rightOf(values, wanted);
        if (right >= 2 && right * 2 >= sample.length) found.push({ acts, right });
        next.push({ acts, values });
      }
    }
    open = next;
  }
  const best = found.toSorted((left, right) => right.right - left.right).slice(0, mostFound);
  return best.map(({ acts }) => [...acts, { kind: "answer-it" }]);
}

interface Inventory {
  readonly marks: readonly string[];
  readonly joints: readonly (readonly string[])[];
}

/** The acts that have a meaning for values of this type. */
function actsOn({ acts, values }: State, { marks, joints }: Inventory): Act[] {
  const [value] = values;
  const used = (kind: Act["kind"]): boolean => acts.some((act) => act.kind === kind);
  if (typeof value === "number") return [];
  if (typeof value === "object") {
    const kinds = (["number-words", "lower-case", "sort", "remove-outer-punctuation"] as const).filter(
      (kind) => !used(kind),
    );
    return [...kinds.map((kind) => ({ kind })), { kind: "add-up" }, { kind: "count" }];
  }
  const parts: Act[] = [
    ...(used("take-after") ? [] : marks.map((mark): Act => ({ kind: "take-after", items: [textItem(mark)] }))),
    ...(used("take-before") ? [] : marks.map((mark): Act => ({ kind: "take-before", items: [textItem(mark)] }))),
  ];
  const splits = joints.map((items): Act => ({ kind: "split", items: items.map(textItem) }));
  return [...parts, { kind: "split-words" }, ...splits];
}

function rightOf(values: readonly Value[], wanted: readonly string[]): number {
  return values.filter((value, place) => textOfValue(value) === wanted[place]).length;
}
