import { sha256 } from "../../state/json.ts";
import { SentenceError } from "./lexer.ts";
import { parseSentence } from "./parser.ts";
import { printSentence } from "./printer.ts";
import type { Sentence } from "./sentence.ts";
import { bulletsOf, type Bullet } from "./section.ts";

/** A bullet that can be executed. `id` is the one in its comment, or made from its words where it has none. */
export interface Rule {
  readonly id: string;
  readonly sentence: Sentence;
  readonly bullet: Bullet;
}

/** A bullet that cannot be executed as it stands and is kept as prose; line and column count from 1. */
export interface RuleFinding {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface RuleReading {
  readonly rules: readonly Rule[];
  readonly findings: readonly RuleFinding[];
  /** The end of the line `## Rules`; null where the file has no such section. */
  readonly heading: number | null;
}

/** Reads the bullets below `## Rules` of a SKILL.md. Everything else in the file is prose and is left alone. */
export function readRules(text: string): RuleReading {
  const { bullets, heading } = bulletsOf(text, "Rules");
  const rules: Rule[] = [];
  const findings: RuleFinding[] = [];
  const taken = new Set<string>();
  for (const bullet of bullets) {
    const sentence = parseBullet(bullet, (offset, message) => findings.push({ ...placeIn(text, offset), message }));
    if (sentence === undefined) continue;
    if (bullet.id !== undefined && taken.has(bullet.id)) {
      findings.push({ ...placeIn(text, bullet.start), message: `the id ${bullet.id} is taken by a rule above` });
    }
    const id = freeId(bullet.id ?? `u${sha256(printSentence(sentence)).slice(0, 6)}`, taken);
    taken.add(id);
    rules.push({ id, sentence, bullet });
  }
  return { rules, findings, heading };
}

function parseBullet(bullet: Bullet, report: (offset: number, message: string) => void): Sentence | undefined {
  try {
    return parseSentence(bullet.body);
  } catch (error) {
    if (!(error instanceof SentenceError)) throw error;
    report(bullet.bodyStart + error.offset, error.message);
    return undefined;
  }
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let copy = 2;
  while (taken.has(`${wanted}-${copy}`)) copy += 1;
  return `${wanted}-${copy}`;
}

function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
