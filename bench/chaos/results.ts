import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding } from "./trial.ts";

/** A trial that was run: of what, how much of it, by which code, and what it found. */
export interface TrialRow {
  trial: string;
  /** "skillgraph", or which of LangGraph's own savers. */
  subject: string;
  figures: Finding["figures"];
  /** Promises broken; null where none are checked. */
  problems: number | null;
  share: number;
  date: string;
  commit: string;
  seconds: number;
}

export const ownSubject = "skillgraph";

const file = fileURLToPath(new URL("../results/chaos.json", import.meta.url));

export function readTrials(): TrialRow[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as TrialRow[]) : [];
}

/** Replaces the row of the same trial and subject. False, and nothing stored, where that one is of a larger share. */
export function keepTrial(row: TrialRow): boolean {
  const isSame = ({ trial, subject }: TrialRow) => trial === row.trial && subject === row.subject;
  const before = readTrials();
  if (before.some((other) => isSame(other) && other.share > row.share)) return false;
  const place = ({ trial, subject }: TrialRow) => `${trial} ${subject === ownSubject ? "" : subject}`;
  const rows = [...before.filter((other) => !isSame(other)), row].toSorted((left, right) =>
    place(left) < place(right) ? -1 : 1,
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `[\n${rows.map((each) => JSON.stringify(each)).join(",\n")}\n]\n`);
  renameSync(`${file}.new`, file);
  return true;
}

/** The stored trials in the given order, a row each: head and rows of a table. */
export function tableOf(names: readonly string[], rows: readonly TrialRow[]): [head: string[], rows: string[][]] {
  const found = names.flatMap((name) => rows.filter(({ trial }) => trial === name));
  return [
    ["trial", "of", "found", "promises broken", "run on"],
    found.map(({ trial, subject, figures, problems, share, date, seconds }) => [
      `\`${trial}\``,
      subject,
      Object.entries(figures)
        .map(([name, figure]) => `${name}: ${figure}`)
        .join("; "),
      problems === null ? "-" : String(problems),
      `${date}, ${lengthOf(seconds)}${share < 1 ? `, ${share} of the trial` : ""}`,
    ]),
  ];
}

function lengthOf(seconds: number): string {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
