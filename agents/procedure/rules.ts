import { sha256 } from "../../state/json.ts";
import { SentenceError } from "./grammar/lexer.ts";
import { parseSentence, parseStatement } from "./grammar/parser.ts";
import { printSentence } from "./grammar/printer.ts";
import { isPlain, type Sentence, type Statement } from "./grammar/sentence.ts";
import { once } from "./once.ts";
import { bulletsOf, type Bullet, type SectionName } from "./section.ts";

/**
 * A bullet that can be executed. `id` is the one in its comment, or made from its words where it has none; no two bullets
 * of a file have the same.
 */
export interface Rule<Words extends Statement = Sentence> {
  readonly id: string;
  readonly sentence: Words;
  readonly bullet: Bullet;
}

/** What is wrong with a bullet, which is kept as it is; line and column count from 1. */
interface RuleFinding {
  /** False where the bullet is prose to the agent. */
  readonly isExecuted: boolean;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface SkillReading {
  /** In the order of the file; `bullet.section` says where each stands. */
  readonly rules: readonly Rule<Statement>[];
  readonly findings: readonly RuleFinding[];
  /** The end of the first heading of each section there is. */
  readonly headings: Readonly<Partial<Record<SectionName, number>>>;
}

export interface RuleReading {
  readonly rules: readonly Rule[];
  readonly findings: readonly RuleFinding[];
  /** The end of the line `## Rules`; null where the file has no such section. */
  readonly heading: number | null;
}

/** Reads the bullets of all sections that are executed. Everything else in the file is prose and is left alone. */
export function readSkill(text: string): SkillReading {
  const { bullets, headings } = bulletsOf(text);
  const rules: Rule<Statement>[] = [];
  const findings: RuleFinding[] = [];
  const ids = createIds();
  const placeIn = createPlaces(text);
  const report = (isExecuted: boolean, offset: number, message: string): void =>
    void findings.push({ ...placeIn(offset), isExecuted, message });
  for (const bullet of bullets) {
    const sentence = parseBullet(bullet, (offset, message) => report(false, offset, message));
    if (sentence === undefined) continue;
    if (bullet.id !== undefined && ids.isTaken(bullet.id)) {
      report(true, bullet.start, `duplicate id ${bullet.id}, already used by a rule above`);
    }
    const id = ids.take(bullet.id ?? `u${sha256(printSentence(sentence)).slice(0, 6)}`);
    rules.push({ id, sentence, bullet });
  }
  return { rules, findings, headings };
}

/** The rules below `## Rules` that do nothing but answer with a label, and what is wrong anywhere in the file. */
export function readRules(text: string): RuleReading {
  const { rules, findings, headings } = readSkill(text);
  return { rules: rules.filter(isPlainRule), findings, heading: headings.Rules ?? null };
}

export function isPlainRule(rule: Rule<Statement>): rule is Rule {
  return rule.bullet.section === "Rules" && isPlain(rule.sentence);
}

function parseBullet(bullet: Bullet, report: (offset: number, message: string) => void): Statement | undefined {
  try {
    const sentence = sentenceOf(bullet);
    const problem = misplacedIn(bullet.section, sentence);
    if (problem === undefined) return sentence;
    report(bullet.bodyStart, problem);
  } catch (error) {
    if (!(error instanceof SentenceError)) throw error;
    report(bullet.bodyStart + error.offset, error.message);
  }
  return undefined;
}

const capacity = 5000;
/** The sentences of Rules and those of other sections, by their text: most bullets stay as they are from edit to edit. */
const parsed = [new Map<string, Statement>(), new Map<string, Statement>()] as const;

function sentenceOf({ section, body }: Bullet): Statement {
  const isRule = section === "Rules";
  return once(parsed[isRule ? 0 : 1], body, isRule ? parseSentence : parseStatement, capacity);
}

/** What a sentence says that has no meaning in its section. */
function misplacedIn(section: SectionName, { acts }: Statement): string | undefined {
  if (section !== "Steps" && acts.some(({ kind }) => kind === "go"))
    return `"go to step" is allowed only in Steps, not in ${section}`;
  if (section !== "Rules" && acts.some(({ kind }) => kind === "lean")) {
    return `"lean towards" is allowed only in Rules, not in ${section}`;
  }
  if (section === "Prepare" && acts.some(({ kind }) => kind.startsWith("answer")))
    return '"answer" is not allowed in Prepare';
  return undefined;
}

/** Ids of rules, each once: one that is taken gets the first free number behind it. */
function createIds(): { isTaken(id: string): boolean; take(wanted: string): string } {
  const taken = new Set<string>();
  /** The number up to which those behind an id are taken. */
  const highest = new Map<string, number>();
  return {
    isTaken: (id) => taken.has(id),
    take(wanted) {
      let id = wanted;
      let copy = highest.get(wanted) ?? 1;
      while (taken.has(id)) {
        copy += 1;
        id = `${wanted}-${copy}`;
      }
      highest.set(wanted, copy);
      taken.add(id);
      return id;
    },
  };
}

/** Line and column of offsets, which are asked for in order but for those of one bullet. */
function createPlaces(text: string): (offset: number) => { line: number; column: number } {
  let [line, start] = [1, 0];
  return (offset) => {
    if (offset < start) [line, start] = [1, 0];
    for (let end = text.indexOf("\n", start); end !== -1 && end < offset; end = text.indexOf("\n", start)) {
      line += 1;
      start = end + 1;
    }
    return { line, column: offset - start + 1 };
  };
}
