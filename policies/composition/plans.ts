import { createRetriever } from "../../skills/library/retrieval.ts";
import type { Deficiency } from "../../state/study.ts";
import { operatorCard } from "./cards.ts";
import { chanceOf, isRefuted, triedFor, type Kind, type Mined, type Operator } from "./mining.ts";

/** Kinds of deficiencies that a plan is for, and cards found for each (ours [R]). */
const most = { kinds: 3, found: 5 };
const untried = { worked: 0, failed: 0 };

/** A kind of deficiency of a batch, and what is said of it. */
interface Diagnosed extends Kind {
  tasks: ReadonlySet<string>;
  text: string;
}

/**
 * At most `plans` different sets of operators, the most promising first (EffiSkill's diagnose, retrieve, compose, arXiv 2603.27850 [S]; how is ours [R]). Of the kinds of
 * deficiencies with the most tasks, each has the operators whose cards BM25 finds, without those refuted for it. The first plan joins the best of each kind, the next one
 * the second best, and so on. Operators that worked together with the first one of a plan join it, those that failed together with it leave. None where nothing is found.
 */
export function composePlans(deficiencies: readonly Deficiency[], mined: Mined, plans: number): string[][] {
  const profile = profileOf(deficiencies);
  const find = createFinder(mined.operators);
  const found = profile.map((kind) => ({ kind, names: find(kind) })).filter(({ names }) => names.length > 0);
  const [first] = found;
  if (first === undefined) return [];
  const sets = first.names.map((_, place) => {
    const chosen = found.map(({ names }) => names[Math.min(place, names.length - 1)] as string);
    return combined(chosen, mined, first.kind);
  });
  const different = new Map(sets.toReversed().map((set) => [set.toSorted().join("\n"), set]));
  return [...different.values()].toReversed().slice(0, plans);
}

/** The kinds of deficiencies with the most tasks; equal ones in the order of the diagnosis. */
function profileOf(deficiencies: readonly Deficiency[]): Diagnosed[] {
  const kinds = new Map<string, { category: string; defect: Deficiency["defect"]; tasks: Set<string>; text: string }>();
  for (const { category, defect, tasks, plan } of deficiencies) {
    const key = `${defect} ${category}`;
    const known = kinds.get(key) ?? { category, defect, tasks: new Set<string>(), text: `${key} ${plan}` };
    for (const task of tasks) known.tasks.add(task);
    kinds.set(key, known);
  }
  return [...kinds.values()].toSorted((a, b) => b.tasks.size - a.tasks.size).slice(0, most.kinds);
}

/** The operators for a kind of deficiency: of those that were found, the ones that probably work first. */
function createFinder(operators: readonly Operator[]): (kind: Diagnosed) => string[] {
  const retriever = createRetriever(operators.map((operator) => operatorCard(operator)));
  return (kind) => {
    const scores = retriever.scores(kind.text);
    const known = operators.map((operator, place) => ({
      name: operator.name,
      score: scores[place] as number,
      tried: triedFor(operator, kind) ?? untried,
    }));
    const usable = known.filter(({ score, tried }) => score > 0 && !isRefuted(tried));
    const found = usable.toSorted((a, b) => b.score - a.score).slice(0, most.found);
    return found.toSorted((a, b) => chanceOf(b.tried) - chanceOf(a.tried)).map(({ name }) => name);
  };
}

/** The operators with those that worked together with the first of them, and without those that failed together with it. */
function combined(chosen: readonly string[], { operators, combinations }: Mined, kind: Kind): string[] {
  const [lead = ""] = chosen;
  const own = combinations.filter((each) => each.operators.includes(lead));
  const refuted = new Set(own.filter(isRefuted).flatMap((each) => each.operators));
  const isUsable = (name: string) => {
    const tried = operators.find((each) => each.name === name);
    return tried !== undefined && !isRefuted(triedFor(tried, kind) ?? untried);
  };
  const partners = own.filter((each) => !isRefuted(each)).flatMap((each) => each.operators);
  const good = new Set(partners);
  const kept = chosen.filter((name) => name === lead || good.has(name) || !refuted.has(name));
  return [...new Set([...kept, ...partners.filter(isUsable)])];
}
