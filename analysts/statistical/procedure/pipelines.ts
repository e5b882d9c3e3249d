import type { Act } from "../../../agents/procedure/grammar/act.ts";
import type { Case } from "../window.ts";
import { jointsOf, marksOf } from "./landmarks.ts";
import { endActs, listActs } from "./list-acts.ts";
import { createOutlooks } from "./outlook.ts";
import { createRows } from "./rows.ts";
import { nothing, type Values } from "./values.ts";

/** Acts that lead from the text of a case to its answer, in order. */
export type Pipeline = readonly Act[];

interface State {
  readonly acts: Pipeline;
  /** What the acts make of each case of the sample. */
  readonly values: readonly number[];
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
 * followed, nor what cannot come to the answers of enough cases.
 */
export function findPipelines(cases: readonly Case[], values: Values): Pipeline[] {
  const sample = cases.slice(0, sampled);
  const wanted = sample.map(({ expected }) => expected);
  const inventory = createInventory(marksOf(cases), jointsOf(cases), values);
  const known = createRows();
  const found: Found[] = [];
  const outlooks = wanted.map(createOutlooks(values));
  const isEnough = (right: number): boolean => right >= 2 && right * 2 >= sample.length;
  const isHopeful = ({ values: reached }: State): boolean => {
    let hopeful = reached.length;
    for (let place = 0; place < reached.length && isEnough(hopeful); place += 1)
      if (outlooks[place]?.(reached[place] as number) !== true) hopeful -= 1;
    return isEnough(hopeful);
  };
  let open: State[] = [{ acts: [], values: sample.map(({ text }) => values.numberOf(text)) }].filter(isHopeful);
  for (let depth = 0; depth < deepest && open.length > 0; depth += 1) {
    const next: State[] = [];
    search: for (const state of open) {
      for (const act of actsOn(state, values, inventory)) {
        const made = afterAct(state.values, act, values);
        if (made === undefined) continue;
        const size = known.size;
        if (known.numberOf(made) < size) continue;
        const acts = [...state.acts, act];
        const right = countRight(made, wanted, values);
        if (isEnough(right)) found.push({ acts, right });
        const reached = { acts, values: made };
        if (isHopeful(reached)) next.push(reached);
        if (next.length >= widest) break search;
      }
    }
    open = found.some(({ right }) => right === sample.length) ? [] : next;
  }
  const best = found.toSorted((left, right) => right.right - left.right).slice(0, mostFound);
  return best.map(({ acts }) => [...acts, { kind: "answer-it" }]);
}

function afterAct(given: readonly number[], act: Act, values: Values): number[] | undefined {
  const after = values.after(act);
  const made: number[] = [];
  for (const value of given) {
    const result = after(value);
    if (result === nothing) return undefined;
    made.push(result);
  }
  return made;
}

function countRight(made: readonly number[], wanted: readonly string[], { isAnswer }: Values): number {
  let right = 0;
  for (let place = 0; place < made.length; place += 1)
    if (isAnswer(made[place] as number, wanted[place] as string)) right += 1;
  return right;
}

interface Inventory {
  readonly after: readonly Act[];
  readonly before: readonly Act[];
  readonly splits: readonly Act[];
}

function createInventory(
  marks: readonly string[],
  joints: ReadonlyArray<readonly string[]>,
  { actOf }: Values,
): Inventory {
  return {
    after: marks.map((mark) => actOf("take-after", [mark])),
    before: marks.map((mark) => actOf("take-before", [mark])),
    splits: [splitWords, ...joints.map((items) => actOf("split", items))],
  };
}

const splitWords: Act = { kind: "split-words" };

/** The acts that have a meaning for values of this type. */
function actsOn(
  { acts, values: [value] }: State,
  values: Values,
  { after, before, splits }: Inventory,
): readonly Act[] {
  const used = (kind: Act["kind"]): boolean => acts.some((act) => act.kind === kind);
  const type = values.typeOf(value as number);
  if (type === "number") return [];
  if (type === "list") return [...listActs.filter(({ kind }) => !used(kind)), ...endActs];
  return [...(used("take-after") ? [] : after), ...(used("take-before") ? [] : before), ...splits];
}
