import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { Acceptance } from "../policies/acceptance.ts";
import { affordable } from "../policies/budget.ts";
import { lacksResults } from "../policies/scores.ts";
import { validationTasks } from "../policies/validation-tasks.ts";
import type { RunState } from "../state/channels.ts";
import { createDraw } from "../state/draw.ts";
import type { Column, Evidence } from "../state/evidence.ts";
import type { Hash } from "../state/json.ts";
import type { Candidate } from "../state/program.ts";
import { Settings } from "../state/settings.ts";
import type { Executor } from "../rollouts/executor.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { rolloutOptions, type RunNode } from "./node.ts";

type Values = Column["values"];

/** Rolls out validation tasks, as many as the budget still holds; counts what it asked for. */
interface Asking {
  roll(program: Hash, indices: readonly number[], missedBefore?: readonly number[]): Promise<Values>;
  spent(): { rollouts: number; tokens: number };
}

interface Needs {
  acceptance: Acceptance;
  executor: Executor;
  payload: Pick<Payload, "tokens">;
}

/**
 * Measures a candidate against the incumbent on validation tasks, in waves, for as long as the acceptance wants to see
 * more. The incumbent's column is paid for once and kept in the state. Of several candidates the first is measured that
 * the guard lets pass.
 */
export function createValidator({ acceptance, executor, payload }: Needs): RunNode {
  return async function validator(state, runtime) {
    const asking = createAsking(executor, state, runtime);
    const isMeasured = acceptance.against === "incumbent";
    const tasks = isMeasured ? validationTasks(state.settings, state.suites.validation.size) : [];
    const incumbent = await incumbentColumn(state, tasks, asking);
    const nothing = { columns: state.columns, candidate: null, evidence: null };
    if (incumbent === null) return { ...nothing, spent: asking.spent() };

    const candidate = admitted(state);
    if (candidate === undefined) return { ...nothing, columns: [incumbent], spent: asking.spent() };
    const tokens = {
      candidate: await payload.tokens(candidate.program),
      other: await payload.tokens(incumbent.program),
    };
    const evidence = await gather(acceptance, { candidate, incumbent, tokens, tasks, state, asking });
    const isAccepted = acceptance.decide(evidence).accepted;
    const columns = isAccepted ? [incumbent, columnOf(candidate.program, evidence, tasks)] : [incumbent];
    return { columns, candidate, evidence, spent: asking.spent() };
  };
}

function createAsking(executor: Executor, state: RunState, runtime: LangGraphRunnableConfig): Asking {
  const { settings, suites, generation } = state;
  const options = rolloutOptions(runtime, { generation, suite: "validation" });
  let asked = { rollouts: 0, tokens: 0 };
  return {
    spent: () => asked,
    async roll(program, wanted, missedBefore = []) {
      const { rollouts, tokens } = state.spent;
      const soFar = { ...state.spent, rollouts: rollouts + asked.rollouts, tokens: tokens + asked.tokens };
      const indices = wanted.slice(0, affordable(settings, soFar, wanted.length));
      const request = {
        program,
        suite: "validation" as const,
        tasks: suites.validation,
        indices,
        sample: 0,
        missedBefore,
      };
      const set = await executor.roll(request, options);
      const { rows } = set;
      asked = { rollouts: asked.rollouts + rows.length, tokens: asked.tokens + set.tokens };
      return rows.map(({ score }) => score?.value ?? null);
    },
  };
}

/**
 * The head's column: from the state, or measured now; null where the budget does not hold all of it. What is missing in it
 * stays missing, as candidates were decided about on it, unless the last one was left undecided for missing results.
 */
async function incumbentColumn(state: RunState, tasks: number[], asking: Asking): Promise<Column | null> {
  const { record } = state;
  const known = state.columns.find(({ program, values }) => program === state.head && values.length === tasks.length);
  if (known !== undefined && record !== null && lacksResults(record.verdict, record.evidence))
    return completed(known, tasks, asking);
  if (known !== undefined) return known;
  if (affordable(state.settings, state.spent, tasks.length) < tasks.length) return null;
  return { program: state.head, values: await asking.roll(state.head, tasks) };
}

/** The column with what was missing asked for again, as far as the budget holds it. */
async function completed({ program, values }: Column, tasks: readonly number[], asking: Asking): Promise<Column> {
  const wanted = tasks.filter((_, place) => values[place] === null);
  if (wanted.length === 0) return { program, values };
  const found = await asking.roll(program, wanted, wanted);
  const byTask = new Map(found.map((value, index) => [wanted[index], value]));
  return { program, values: values.map((value, place) => value ?? byTask.get(tasks[place]) ?? null) };
}

/** The first candidate the guard found nothing against. */
function admitted({ candidates, findings }: RunState): Candidate | undefined {
  const blocked = new Set(findings.filter(({ severity }) => severity === "block").map(({ program }) => program));
  return candidates.find(({ program }) => !blocked.has(program));
}

interface Race {
  candidate: Candidate;
  incumbent: Column;
  tokens: Evidence["tokens"];
  tasks: number[];
  state: RunState;
  asking: Asking;
}

async function gather(acceptance: Acceptance, race: Race): Promise<Evidence> {
  const { candidate, incumbent, tokens, tasks, state, asking } = race;
  // A branch may come from a run of a version that had fewer settings.
  const { seed, wave, maxMissing } = Settings.parse(state.settings);
  const plan = acceptance.plan(incumbent, createDraw(seed, state.generation, "plan"));
  const order = plan.tasks.map((place) => tasks[place] as number);
  const other = plan.tasks.map((place) => incumbent.values[place] ?? null);
  const evidence = (values: Values, decidedAt: number): Evidence => ({
    suite: "validation",
    against: acceptance.against,
    order: plan.order,
    columns: { task: order, candidate: values, other },
    decidedAt,
    maxMissing,
    tokens,
    gain: gainOf(candidate),
  });

  const missedBefore = order.filter((_, row) => other[row] === null);
  const roll = (rows: readonly number[]) => asking.roll(candidate.program, rows, missedBefore);

  let values: Values = [];
  while (values.length < order.length) {
    const more = await roll(order.slice(values.length, values.length + wave));
    values = [...values, ...more];
    if (more.length === 0 || acceptance.look(evidence(values, values.length)) === "enough") break;
  }
  const decided = evidence(values, values.length);
  if (values.length === order.length || !acceptance.decide(decided).accepted) return decided;
  const rest = await roll(order.slice(values.length));
  return evidence([...values, ...rest], values.length);
}

/** What replaying says of a candidate, where its proposer counted. */
function gainOf({ origin }: Candidate): number | null {
  const { fixes, breaks } = origin.features;
  return typeof fixes === "number" && typeof breaks === "number" ? fixes - breaks : null;
}

/** The candidate's column in the order of the validation tasks. */
function columnOf(program: Hash, { columns }: Evidence, tasks: number[]): Column {
  const byTask = new Map(columns.task.map((task, row) => [task, columns.candidate[row] ?? null]));
  return { program, values: tasks.map((task) => byTask.get(task) ?? null) };
}
