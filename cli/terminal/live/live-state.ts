import type { RunEvent } from "../../../state/events.ts";
import type { GenerationRecord, Standing, Verdict } from "../../../state/evidence.ts";
import type { SuiteName } from "../../../state/task.ts";
import { describeCategories } from "../progress.ts";

/** A generation that has ended: the head's score after it, and what became of its candidate. */
export interface LivePoint {
  generation: number;
  score: number | null;
  standing: Standing | null;
  isAccepted: boolean;
}

export interface LiveVerdict {
  generation: number;
  verdict: Verdict;
  asked: number;
  planned: number;
  missing: number;
  /** What went wrong in the batch, most frequent first. */
  note: string;
}

/** What is known of a run at work from its events. Seconds count from where this session began. */
export interface LiveState {
  generation: number;
  /** What is rolled out just now, and how many of it. */
  suite: SuiteName | null;
  rolledOut: number;
  /** Train tasks of this generation. */
  batch: number;
  note: string;
  points: readonly LivePoint[];
  verdicts: readonly LiveVerdict[];
  /** Asked for so far. */
  rollouts: number;
  tokens: number;
  /** Rollouts since this session began, and generations it has brought to an end, with when the last of them was. */
  rolledHere: number;
  endedHere: number;
  endedAt: number;
}

/** Where a run stands that has these generations behind it. */
export function liveFrom(history: readonly GenerationRecord[]): LiveState {
  const last = history.at(-1);
  return {
    generation: last?.generation ?? 0,
    suite: null,
    rolledOut: 0,
    batch: 0,
    note: "",
    points: history.map(({ generation, headScore, standing, verdict }) => ({
      generation,
      score: headScore,
      standing,
      isAccepted: verdict.accepted,
    })),
    verdicts: history.slice(-shownVerdicts).map(({ generation, verdict, evidence }) => ({
      generation,
      verdict,
      asked: evidence?.asked ?? 0,
      planned: evidence?.planned ?? 0,
      missing: evidence?.missing ?? 0,
      note: "",
    })),
    rollouts: last?.spent.rollouts ?? 0,
    tokens: last?.spent.tokens ?? 0,
    rolledHere: 0,
    endedHere: 0,
    endedAt: 0,
  };
}

const shownVerdicts = 3;

/** The state after an event, told so many seconds after the session began. */
export function afterEvent(state: LiveState, event: RunEvent, seconds: number): LiveState {
  switch (event.type) {
    case "generation-start":
      return begun(state, event);
    case "rollout-end":
      return rolled(state, event.suite);
    case "deficiencies-found":
      return { ...state, suite: null, note: describeCategories(event.categories) };
    case "verdict": {
      const { generation, verdict, asked, planned, missing } = event;
      const verdicts = [...state.verdicts, { generation, verdict, asked, planned, missing, note: state.note }];
      return { ...state, suite: null, verdicts: verdicts.slice(-shownVerdicts) };
    }
    case "generation-end": {
      const { generation, score, standing, rollouts, tokens } = event;
      const isAccepted = state.verdicts.at(-1)?.verdict.accepted === true;
      const points = [...state.points, { generation, score, standing, isAccepted }];
      const ended = { endedHere: state.endedHere + 1, endedAt: seconds };
      return { ...state, ...ended, suite: null, points, rollouts, tokens };
    }
    default:
      return state;
  }
}

interface Begun {
  generation: number;
  tasks: number;
  samples: number;
}

/** A generation may begin again, as where settings were changed: what was known of it, and of later ones, is past. */
function begun(state: LiveState, { generation, tasks, samples }: Begun): LiveState {
  const isPast = (one: { generation: number }) => one.generation < generation;
  const [points, verdicts] = [state.points.filter(isPast), state.verdicts.filter(isPast)];
  return { ...state, generation, batch: tasks * samples, suite: null, rolledOut: 0, note: "", points, verdicts };
}

/** The look at the test split is outside of what is asked for. */
function rolled(state: LiveState, suite: SuiteName): LiveState {
  const rolledOut = state.suite === suite ? state.rolledOut + 1 : 1;
  const asked = suite === "test" ? 0 : 1;
  const [rollouts, rolledHere] = [state.rollouts + asked, state.rolledHere + asked];
  return { ...state, suite, rolledOut, rollouts, rolledHere };
}
