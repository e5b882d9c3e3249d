import { shorten } from "../skills/shorten.ts";
import type { ScoredRollout } from "../state/task.ts";
import { labelOf } from "./label.ts";
import { changesOf, type Attempt, type Epoch, type Reflection } from "./reflector.ts";

const guidanceCharacters = 2_000;
const leastTried = 2;
const labelsNamed = 3;

/**
 * Looks back by counting, for analysts that do not reflect (ours [R]). Lessons name the answers that got worse and those that are still
 * missed, the most frequent first; they are null where no task is either. Guidance counts, for each operator and category, how often it was
 * tried and kept, and what it changed; what was tried twice and never kept is to be avoided.
 */
export function reflectByCounting(epoch: Epoch, skills: ReadonlyArray<{ readonly name: string }>): Reflection {
  const { regressed, persistent } = changesOf(epoch);
  const lines = [
    ...lineOf("Take care with answers that went wrong again", regressed),
    ...lineOf("Answers that are still missed", persistent),
  ];
  const [first] = skills.map(({ name }) => name).toSorted();
  const lessons = lines.length === 0 || first === undefined ? null : { skill: first, text: lines.join("\n") };
  return { lessons, guidance: guidanceOf(epoch) };
}

function lineOf(what: string, rollouts: readonly ScoredRollout[]): string[] {
  const counts = new Map<string, number>();
  for (const { expected } of rollouts) {
    const label = labelOf(expected);
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const named = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, labelsNamed);
  return named.length === 0
    ? []
    : [`${what}: ${named.map(([label, count]) => `\`${shorten(label, 60)}\` (${count})`).join(", ")}.`];
}

/** Notes are made anew for what was tried in this epoch, and kept for the rest. */
function guidanceOf({ attempts, guidance }: Epoch): string | null {
  const notes = new Map((guidance ?? "").split("\n").flatMap((line) => (line === "" ? [] : [[keyIn(line), line]])));
  for (const [kind, of] of [
    ["operator", (each: Attempt) => each.operators],
    ["category", (each: Attempt) => (each.category === "" ? [] : [each.category])],
  ] as const) {
    for (const name of new Set(attempts.flatMap(of))) {
      const line = noteOn(
        `${kind} ${name}`,
        attempts.filter((each) => of(each).includes(name)),
      );
      notes.delete(keyIn(line));
      notes.set(keyIn(line), line);
    }
  }
  let kept = [...notes.values()];
  while (kept.join("\n").length > guidanceCharacters) kept = kept.slice(1);
  return kept.length === 0 ? null : kept.join("\n");
}

function noteOn(key: string, attempts: readonly Attempt[]): string {
  const kept = attempts.filter(({ accepted }) => accepted).length;
  const delta = attempts.reduce((sum, each) => sum + each.delta, 0);
  const advice = kept > 0 ? "go on" : attempts.length >= leastTried ? "avoid" : "unclear";
  return `${key}: tried ${attempts.length}, kept ${kept}, score ${delta >= 0 ? "+" : ""}${delta.toFixed(3)}; ${advice}`;
}

const note = /^(.*): tried \d+, kept \d+, score [-+][\d.]+; (go on|avoid|unclear)$/;

function keyIn(line: string): string {
  return note.exec(line)?.[1] ?? line;
}

/** The operators that guidance made by counting says to avoid. */
export function avoidedOperators(guidance: string | undefined): ReadonlySet<string> {
  const lines = (guidance ?? "").split("\n").map((line) => note.exec(line));
  return new Set(
    lines.flatMap((found) => (found?.[2] === "avoid" ? [(found[1] as string).replace("operator ", "")] : [])),
  );
}
