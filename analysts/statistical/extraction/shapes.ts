/** A pattern that a stretch of text matches, and how many words it is worth to a reader. */
export interface Shape {
  readonly source: string;
  readonly cost: number;
}

const longestExact = 5;

/** Letters, digits, white space, or one other character. */
export function runsOf(text: string): string[] {
  return text.match(/\p{L}+|\p{N}+|\s+|[^\p{L}\p{N}\s]/gu) ?? [];
}

function isWordRun(run: string | undefined): boolean {
  return run !== undefined && /^[\p{L}\p{N}]/u.test(run);
}

/** From the most to the least particular: lengths kept, kinds of characters kept, a bag of characters, a word, up to a mark. */
export function shapesOf(span: string): Shape[] {
  const runs = runsOf(span);
  const exact = runs.map((run) => shapeOfRun(run, `{${run.length}}`)).join("");
  const kinds = runs.map((run) => shapeOfRun(run, "+")).join("");
  // Before the exact lengths: of two that do the same in these texts it does more in others.
  const shapes = groupsOf(runs);
  if (runs.length <= longestExact) {
    shapes.push({ source: withBoundaries(exact, runs), cost: 3 }, { source: kinds, cost: 2 });
  }
  if (runs.length > 1) shapes.push(bagOf(runs));
  if (!/\s/.test(span)) shapes.push({ source: "[^\\s,.]+", cost: 1 }, { source: "\\S+", cost: 1 });
  if (!span.includes(",")) shapes.push({ source: "[^,]+", cost: 1 });
  return shapes;
}

/** One run as a pattern: letters and digits by kind, everything else as it is. */
export function shapeOfRun(run: string, count: string): string {
  if (/^\s/.test(run)) return whiteSpace(run);
  if (/^\p{N}/u.test(run)) return `\\d${count}`;
  return /^\p{L}/u.test(run) ? `${letterClass(run)}${count}` : escapePattern(run);
}

function letterClass(run: string): string {
  if (/^[A-Z]+$/.test(run)) return "[A-Z]";
  if (/^[a-z]+$/.test(run)) return "[a-z]";
  return /^[A-Za-z]+$/.test(run) ? "[A-Za-z]" : "\\p{L}";
}

/** No further letter or digit at either end, as far as patterns know letters: `\b` means those of ASCII alone. */
function withBoundaries(source: string, runs: readonly string[]): string {
  const before = /^[A-Za-z\d]/.test(runs[0] ?? "") ? "\\b" : "";
  const after = /[A-Za-z\d]$/.test(runs.at(-1) ?? "") ? "\\b" : "";
  return before + source + after;
}

/** Digits in groups of one length, however many: "1.144.000" after "12.500". */
function groupsOf([first, mark, ...groups]: readonly string[]): Shape[] {
  const [group = ""] = groups;
  const isNumber = (run: string | undefined): boolean => /^\p{N}+$/u.test(run ?? "");
  const isLike = (run: string, place: number): boolean =>
    place % 2 === 0 ? isNumber(run) && run.length === group.length : run === mark;
  if (!isNumber(first) || mark === undefined || groups.length % 2 === 0 || !groups.every(isLike)) return [];
  return [{ source: `\\d+(?:${shapeOfRun(mark, "")}\\d{${group.length}})+(?!\\d)`, cost: 3 }];
}

/** As a pattern: plain spaces as they are, any other white space as any. */
function whiteSpace(run: string): string {
  return /^ +$/.test(run) ? " " : "\\s";
}

/** Begins like the span and goes on with any of its kinds of characters. */
function bagOf(runs: readonly string[]): Shape {
  const digits = runs.some((run) => /^\p{N}/u.test(run)) ? "\\d" : "";
  const letters = runs.some((run) => /^\p{L}/u.test(run)) ? "\\p{L}" : "";
  const spaces = runs.some((run) => /^\s/.test(run)) ? ["\\s"] : [];
  const marks = new Set(runs.filter((run) => !isWordRun(run) && !/^\s/.test(run)));
  const first = runs[0] as string;
  const start = isWordRun(first) ? shapeOfRun(first, "").replace(/^\[.*\]$/, "\\p{L}") : escapePattern(first);
  const bag = [...[...marks].toSorted().map(escapeInClass), ...spaces].join("");
  return { source: `${start}[${digits}${letters}${bag}]*`, cost: 1 };
}

export function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function escapeInClass(text: string): string {
  return text.replaceAll(/[\]\\^/-]/g, "\\$&");
}
