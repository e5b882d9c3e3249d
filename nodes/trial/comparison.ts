import { expectedGain } from "../../policies/expected-gain.ts";
import { countEvidence } from "../../policies/scores.ts";
import type { Comparison } from "../../policies/trial.ts";
import { mainObjective, type Column, type Means, type Values } from "../../state/archive.ts";
import type { Draw } from "../../state/draw.ts";
import type { Evidence } from "../../state/evidence.ts";
import type { Hash } from "../../state/json.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";
import type { Result } from "./asking.ts";
import { isPart } from "../../policies/trials/parts.ts";
import { columnOf, meansOf, sampleColumns } from "./columns.ts";

/** What the candidates of a stage are compared with: its scores on the tasks of the stage by objective, and its tokens. */
export interface Opponent {
  scores: Column;
  tokens: number;
  own: Means;
}

interface Needs {
  opponent: Opponent;
  wave: number;
  maxMissing: number;
  draw: Draw;
  payload: Pick<Payload, "tokens" | "putJson">;
  /** The objectives that a program has by itself. */
  own(program: Hash): Promise<Means>;
}

/**
 * Asks all arms in waves, side by side, each until its acceptance has seen enough. Those accepted with the largest
 * differences, at most `keep`, are completed and go on; so do those that are kept for more tasks.
 */
export async function compare(stage: Comparison, among: readonly Arm[], needs: Needs): Promise<Arm[]> {
  const isOpen = ({ verdict }: Arm) => verdict.inconclusive === "keep";
  const isCompared = {
    inconclusive: isOpen,
    parts: ({ candidate }: Arm) => isPart(candidate),
    all: (arm: Arm) => !isOpen(arm),
  }[stage.only ?? "all"];
  const arms = among.filter(isCompared);
  const passing = stage.only === undefined ? [] : among.filter((arm) => !isCompared(arm));
  for (const arm of passing) await arm.ask(stage.suite, stage.tasks, []);
  const races = await Promise.all(arms.map((arm) => createRace(stage, arm, needs)));
  while (races.some((race) => !race.isOver())) await Promise.all(races.map((race) => race.step()));
  const accepted = races
    .filter((race) => race.verdict().accepted)
    .toSorted((a, b) => b.verdict().delta - a.verdict().delta);
  const kept = new Set(accepted.slice(0, stage.keep));
  // One after the other, best first: what the budget holds goes to the best.
  for (const race of kept) await race.complete();
  await Promise.all(races.map((race) => race.close(kept.has(race))));
  const open = arms.filter(isOpen);
  return [...passing, ...races.filter((race) => kept.has(race)).map((race) => race.arm), ...open];
}

/** One arm against the opponent. */
async function createRace(
  stage: Comparison,
  arm: Arm,
  { opponent, wave, maxMissing, draw, payload, own: ownOf }: Needs,
) {
  const { acceptance, suite } = stage;
  const plan = acceptance.plan(opponent.scores[mainObjective] ?? [], draw);
  const order = plan.tasks.map((place) => stage.tasks[place] as number);
  const others = reordered(opponent.scores, plan.tasks);
  const other = others[mainObjective] ?? [];
  const missedBefore = order.filter((_, row) => other[row] === null);
  const tokens = { candidate: await payload.tokens(arm.candidate.program), other: opponent.tokens };
  const own = await ownOf(arm.candidate.program);
  let results: Result[] = [];
  let values: Values = [];
  let decidedAt = 0;

  const evidence = (): Evidence => ({
    suite,
    against: stage.against,
    order: plan.order,
    columns: { task: order, candidate: values, other, ...samplesOf(results) },
    decidedAt,
    maxMissing,
    tokens,
    means: {
      candidate: { ...meansOf(columnOf(results)), ...own },
      other: { ...meansOf(others, values.length), ...opponent.own },
    },
    gain: expectedGain(arm.candidate.origin),
  });
  async function ask(until: number): Promise<void> {
    results = await arm.ask(suite, order.slice(0, until), missedBefore);
    values = results.map(({ score }) => score?.value ?? null);
  }

  // Where the other cannot be beaten, nothing is asked.
  let isOver = order.length === 0 || acceptance.look(evidence()) === "enough";

  return {
    arm,
    isOver: () => isOver,
    verdict: () => acceptance.decide(evidence()),
    async step(): Promise<void> {
      if (isOver) return;
      const before = values.length;
      await ask(before + wave);
      decidedAt = values.length;
      isOver = decidedAt === before || decidedAt === order.length || acceptance.look(evidence()) === "enough";
    },
    /** Asks the rows of the plan that the decision did not need. They do not vote. */
    complete: () => ask(order.length),
    close: (isKept: boolean) => close(stage, arm, { evidence: evidence(), isKept, payload }),
  };
}

/** The columns of the samples, where there are several. */
export function samplesOf(results: readonly Result[]): Pick<Evidence["columns"], "samples"> {
  const samples = sampleColumns(results);
  return samples.length === 0 ? {} : { samples };
}

/** Writes down how an arm came through the stage. */
async function close(
  { name, acceptance, keep }: Comparison,
  arm: Arm,
  { evidence, isKept, payload }: { evidence: Evidence; isKept: boolean; payload: Pick<Payload, "putJson"> },
): Promise<void> {
  const decided = acceptance.decide(evidence);
  const reason = `not among the best ${keep} of stage ${name}`;
  const verdict = decided.accepted && !isKept ? { ...decided, accepted: false, reason } : decided;
  arm.verdict = verdict;
  const counts = countEvidence(evidence);
  arm.results.push({ stage: name, evidence: await payload.putJson(evidence), counts, verdict });
}

/** The column with its places in another order. */
function reordered(column: Column, places: readonly number[]): Column {
  const move = (values: Values) => places.map((place) => values[place] ?? null);
  return Object.fromEntries(Object.entries(column).map(([objective, values]) => [objective, move(values)]));
}
