import type { Settings } from "../../../state/settings.ts";
import type { Limits } from "../../../state/usage.ts";
import { grouped, outcomeOf } from "../../../runs/words.ts";
import { describeVerdict, formatScore } from "../progress.ts";
import { drawChart, type Piece } from "./chart.ts";
import { showUnseen } from "../../../skills/unseen.ts";
import type { LiveState, LiveVerdict } from "./live-state.ts";

/** What is drawn beside the events. */
export interface LiveFrame {
  run: string;
  settings: Pick<Settings, "generations" | "budgetRollouts" | "budgetTokens">;
  limits: Limits;
  inFlight: number;
  /** Really spent, over all sessions. */
  usd: number;
  minutes: number;
  /** Since this session began. */
  seconds: number;
  columns: number;
}

/** How pieces are painted; the text stays as wide as it is. */
export type Paint = (piece: Piece) => string;

/** The run as a block of lines, none of them wider than the terminal. */
export function drawLive(state: LiveState, frame: LiveFrame, paint: Paint): string {
  const width = Math.max(10, frame.columns - 1);
  const lines: Piece[][] = [
    heading(state, frame),
    ...drawChart(state.points, width),
    ...state.verdicts.map(verdictLine),
    ...wrapped(spending(state, frame), width),
  ];
  return lines.map((line) => cut(line, width).map(paint).join("")).join("\n");
}

function heading({ generation, suite, rolledOut, batch, points }: LiveState, frame: LiveFrame): Piece[] {
  const of = frame.settings.generations === null ? "" : `/${frame.settings.generations}`;
  const size = suite === "train" && batch > 0 ? `/${batch}` : "";
  const work = suite === null ? "" : `  ${suite} ${rolledOut}${size}`;
  const flight = frame.inFlight === 0 ? "" : `  ${frame.inFlight} in flight`;
  const score = points.at(-1)?.score ?? null;
  const validation = score === null ? "" : `  validation ${formatScore(score).trim()}`;
  const standing = points.at(-1)?.standing ?? null;
  const head = standing === null ? "" : `  head ${standing}`;
  return [
    { text: frame.run, mark: "strong" },
    { text: `  generation ${generation}${of}${validation}${head}` },
    { text: `${work}${flight}`, mark: "faint" },
  ];
}

function verdictLine({ generation, note, ...told }: LiveVerdict): Piece[] {
  const { text, rest } = describeVerdict(told);
  const mark = told.planned === 0 ? "faint" : outcomeOf(told.verdict);
  return [
    { text: `${String(generation).padStart(4)} ` },
    { text, mark },
    { text: [rest, note].map((each) => (each === "" ? "" : `  ${each}`)).join(""), mark: "faint" },
  ];
}

/** What was spent against what may be, and the time left where it is known. */
function spending({ rollouts, tokens, ...state }: LiveState, frame: LiveFrame): string[] {
  const { settings, limits, usd, minutes } = frame;
  const against = (spent: string, budget: string | null) => (budget === null ? spent : `${spent}/${budget}`);
  const count = (value: number | null) => (value === null ? null : grouped(value));
  const left = secondsLeft({ rollouts, tokens, ...state }, frame);
  return [
    `rollouts ${against(grouped(rollouts), count(settings.budgetRollouts))}`,
    ...(tokens > 0 || settings.budgetTokens !== null
      ? [`tokens ${against(grouped(tokens), count(settings.budgetTokens))}`]
      : []),
    ...(usd > 0 || limits.usd !== null ? [`$${against(usd.toFixed(2), limits.usd?.toFixed(2) ?? null)}`] : []),
    `${against(minutes.toFixed(1), limits.minutes === null ? null : String(limits.minutes))} min`,
    ...(left === null ? [] : [`at most ${duration(left)} left`]),
  ];
}

/**
 * Until the first bound is reached at the pace of this session; null where no bound or no pace is known. A target, patience or an
 * agent that gets quicker may end the run before.
 */
export function secondsLeft(
  { points, rollouts, rolledHere, endedHere, endedAt }: LiveState,
  { settings, limits, minutes, seconds }: LiveFrame,
): number | null {
  const ends: number[] = [];
  if (settings.generations !== null && endedHere > 0) {
    const left = settings.generations - (points.at(-1)?.generation ?? 0);
    ends.push(Math.max(0, (left * endedAt) / endedHere - (seconds - endedAt)));
  }
  if (settings.budgetRollouts !== null && endedHere > 0 && rolledHere > 0) {
    ends.push((Math.max(0, settings.budgetRollouts - rollouts) * seconds) / rolledHere);
  }
  if (limits.minutes !== null) ends.push(Math.max(0, (limits.minutes - minutes) * 60));
  return ends.length === 0 ? null : Math.min(...ends);
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** Parts side by side, on as many lines as it takes. */
function wrapped(parts: readonly string[], width: number): Piece[][] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)}  ${part}`;
    if (lines.length === 0 || longer.length > width) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((text) => [{ text }]);
}

function cut(line: readonly Piece[], width: number): Piece[] {
  let room = width;
  return line.flatMap((piece) => {
    const text = [...showUnseen(piece.text).replaceAll(/\s/g, " ")].slice(0, room).join("");
    room -= [...text].length;
    return text === "" ? [] : [{ ...piece, text }];
  });
}
