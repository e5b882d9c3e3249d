import type { Hash } from "../../state/json.ts";
import type { Settings } from "../../state/settings.ts";
import { oneDraft, type Drafting, type DraftPlan } from "../drafting.ts";
import { nothingObserved, type Learned, type MemoryTable, type Observed } from "../policy.ts";
import { planAblations } from "./ablation-plan.ts";
import { afterAblation, dueOf, isUnsure, mostContribution, standingOf, type Retirement } from "./contribution.ts";
import {
  emptyLibrary,
  Library,
  mostBytes,
  newUnit,
  observe,
  unitOf,
  withinBound,
  withoutUnit,
  withUnits,
  type Due,
  type Unit,
} from "./library.ts";
import { termsOf } from "./terms.ts";

export interface LifecycleOptions {
  /** The field of a task's meta that names its context. */
  context: string;
  /** Names of the skills that are left out and retired together. */
  general: readonly string[];
  retirement: Retirement;
  /** Whether generations in which no skill is due revise skills (ours [R]): in the source the model is trained meanwhile. */
  revises: boolean;
}

/**
 * The lifecycle of the skills of a library (SLIM, arXiv 2605.10923 [P], ejhshen/SLIM lifecycle.py [C]): what a skill contributes is measured by leaving it out, on the
 * same tasks; one that contributes nothing is retired, and one that does not help with its tasks gets another one beside it, for its failures. One skill is
 * due in a generation, retired ones first, each once until skills are left out again [R]; in the source all are at once. Failures are those of train tasks [R]; in the source of validation
 * tasks. The last skill of a program is never retired [R].
 */
export function lifecycleDrafting(options: LifecycleOptions): Drafting {
  const { context, retirement, revises } = options;
  const general = [...new Set(options.general)].toSorted();
  const together = general.length === 0 ? "" : `, ${JSON.stringify(general)} together`;
  return {
    name: `drafting.lifecycle by ${retirement} of ${context}${together}${revises ? ", revising" : ""}`,
    version: 1,
    observes: { context },
    ablates: {
      named: { setting: "general", skills: general },
      isDue: ({ generation, settings }) => generation % termsOf(settings).ablateEvery === 0,
      plan: (of, memory) => planAblations(of, Library.parse(memory), general),
      most({ settings, validation }) {
        const { ablated, ablationTasks, ablateEvery } = termsOf(settings);
        const units = ablated + Math.min(1, general.length);
        return Math.ceil((2 * units * Math.min(ablationTasks, validation)) / ablateEvery);
      },
    },
    memory: {
      schema: Library,
      start: emptyLibrary,
      maxBytes: mostBytes,
      learn(memory, record, settings) {
        const observed = record.observed ?? nothingObserved;
        const known = observe(Library.parse(memory), observed, general);
        const tried = nextDue(known, observed, general);
        const after = tried === undefined ? known : afterTrial(known, tried, { record, observed, settings });
        return withinBound(afterAblations(after, record, { settings, retirement }));
      },
    },
    decide({ settings, observed = nothingObserved, batch }, memory, draw) {
      const next = nextDue(observe(Library.parse(memory), observed, general), observed, general);
      if (next !== undefined) return planOf(next, settings);
      return revises ? oneDraft.decide({ settings, batch }, null, draw) : { kind: "none" };
    },
    describe: (memory) => tableOf(Library.parse(memory), retirement),
  };
}

interface Next {
  unit: Unit;
  due: Due;
  /** The skills that it stands for, of those that are there. */
  skills: string[];
}

/** The skill that is due next: to be retired, of these the one that contributes least, else to get another one beside it. */
function nextDue(library: Library, { skills }: Observed, general: readonly string[]): Next | undefined {
  const there = Object.keys(skills);
  const waiting = library.units.flatMap((unit): Next[] => {
    const own = (unit.skill === "" ? general : [unit.skill]).filter((name) => there.includes(name));
    const [due] = unit.due.filter((each) => isPossible(each, library, there.length - own.length));
    return due === undefined || own.length === 0 ? [] : [{ unit, due, skills: own }];
  });
  const [next] = waiting.toSorted(
    (one, other) =>
      Number(one.due === "expand") - Number(other.due === "expand") ||
      one.unit.ema - other.unit.ema ||
      (one.unit.skill < other.unit.skill ? -1 : 1),
  );
  return next;
}

function isPossible(due: Due, { room }: Library, others: number): boolean {
  return due === "retire" ? others > 0 : room > 0;
}

function planOf({ unit, due, skills }: Next, settings: Settings): DraftPlan {
  const { skill, ema, failures } = unit;
  const extra = { lifecycle: { action: due, skill, contribution: ema } };
  if (due === "retire") return { kind: "retire", skills, extra };
  const tasks = failures.map(([task]) => task);
  const purpose = { action: "create", skill, tasks } as const;
  return { kind: "separate", drafts: settings.candidates, onFiles: false, purpose, extra };
}

interface Tried {
  record: Learned;
  observed: Observed;
  settings: Settings;
}

/** What came of the skill that was due. What was measured and not decided is due again. */
function afterTrial(library: Library, { unit, due }: Next, { record, observed, settings }: Tried): Library {
  const { verdict, evidence, others, library: head = {}, generation } = record;
  const isAccepted = verdict.accepted || others.some((one) => one.verdict.accepted);
  if (!isAccepted && !verdict.decided && evidence !== null) return library;
  const left = unit.due.filter((each) => each !== due);
  if (due === "retire")
    return isAccepted ? withoutUnit(library, unit, generation) : withUnits(library, [{ ...unit, due: left, low: 0 }]);
  if (!isAccepted) return withUnits(library, [{ ...unit, due: left }]);
  const created = createdIn(head, { library, observed, settings });
  const context = unit.contexts.slice(0, 1).map(([name]): [string, number] => [name, 0]);
  const children = created.map(([skill, version]) =>
    newUnit(skill, { parent: unit.skill, version, contexts: context }),
  );
  const failures = unit.failures.slice(-Math.max(1, Math.floor(termsOf(settings).leastFailures / 2)));
  return {
    ...withUnits(library, [{ ...unit, due: left, failures }, ...children]),
    room: Math.max(0, library.room - children.length),
  };
}

/** The skills of the head that were not there before. */
function createdIn(
  head: Readonly<Record<string, Hash>>,
  { library, observed, settings }: { library: Library; observed: Observed; settings: Settings },
): Array<[string, Hash]> {
  const before = new Set([
    ...Object.keys(observed.skills),
    ...settings.hidden,
    ...library.units.map(({ skill }) => skill),
  ]);
  return Object.entries(head).filter(([skill]) => !before.has(skill));
}

interface Judging {
  settings: Settings;
  retirement: Retirement;
}

/** What was learned by leaving skills out; then it is decided what each of them is due for. */
function afterAblations(library: Library, record: Learned, { settings, retirement }: Judging): Library {
  const sure = record.ablations.filter((one) => !isUnsure(one, settings.maxMissing));
  if (sure.length === 0) return library;
  const terms = termsOf(settings);
  const measured = sure.map((one) => ({
    ...afterAblation(unitOf(library, one.skill ?? ""), one, terms),
    head: record.head,
  }));
  const known = withUnits(library, measured);
  const judged = measured.map((unit) => ({
    ...unit,
    standing: standingOf(unit, terms),
    due: dueOf(unit, known, { terms, retirement }),
  }));
  return { ...withUnits(known, judged), room: terms.newSkills };
}

const dueWords: Record<Due, string> = { retire: "to be retired", expand: "to be expanded" };

/** For people: no agent or analyst sees it. */
function tableOf({ units, retired }: Library, retirement: Retirement): MemoryTable {
  const decimals = (value: number) => value.toFixed(3);
  const nameOf = (skill: string) => (skill === "" ? "the general skills" : skill);
  const bound = retirement === "interval" ? ["at most"] : [];
  const rows = units.map((unit) => [
    nameOf(unit.skill),
    [unit.standing, ...unit.due.map((due) => dueWords[due])].join(", "),
    unit.parent ?? "",
    decimals(unit.ema),
    ...(retirement === "interval" ? [decimals(mostContribution(unit))] : []),
    unit.last === null ? "" : decimals(unit.last.with),
    unit.last === null ? "" : decimals(unit.last.without),
    unit.ablations,
    unit.low,
    unit.uses,
    unit.failures.length,
  ]);
  const gone = retired.map(({ skill, parent, ema, generation }) => [
    nameOf(skill),
    `retired in generation ${generation}`,
    parent ?? "",
    decimals(ema),
    ...bound.map(() => ""),
    ...Array.from({ length: 6 }, () => ""),
  ]);
  return {
    title: "What the skills contribute",
    columns: [
      "skill",
      "standing",
      "created for",
      "contribution",
      ...bound,
      "with it",
      "without it",
      "times left out",
      "low in a row",
      "uses",
      "failures",
    ],
    texts: 3,
    rows: [...rows, ...gone],
  };
}
