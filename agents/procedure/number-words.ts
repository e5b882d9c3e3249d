const small = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen`.split(/\s+/);
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const scales: Record<string, number> = { hundred: 100, thousand: 1000, million: 1_000_000 };

const word = [...small, ...tens, ...Object.keys(scales)].join("|");
const numeral = new RegExp(`\\b(?:${word})(?:(?:[ -]+and[ -]+|[ -]+)(?:${word}))*\\b`, "gi");
const article = /^\s*an?\s+/i;

/**
 * "twenty-one cats and two hundred and five dogs" becomes "21 cats and 205 dogs"; words that make no number together
 * stay several.
 */
export function readNumberWords(text: string): string {
  return text.replace(numeral, (run) => readRun(run.toLowerCase().split(/([ -]+(?:and[ -]+)?)/)));
}

/** The same for an item of a list, where "a" or "an" at the beginning is 1. */
export function readItemNumber(text: string): string {
  return readNumberWords(text.replace(article, "1 "));
}

/** Words at even places, what is between them at odd ones. */
function readRun(parts: readonly string[]): string {
  let written = "";
  let total = 0;
  let group = 0;
  for (const [place, part] of parts.entries()) {
    if (place % 2 === 1) continue;
    const scale = scales[part];
    const number = numberOf(part);
    if (place > 0 && !fits(number, { scale, group, total, between: parts[place - 1] as string })) {
      written += String(total + group) + (parts[place - 1] as string);
      [total, group] = [0, 0];
    }
    if (scale === undefined) group += number;
    else if (scale === 100) group = Math.max(group, 1) * scale;
    else [total, group] = [total + Math.max(group, 1) * scale, 0];
  }
  return written + String(total + group);
}

function numberOf(part: string): number {
  const place = tens.indexOf(part);
  return place === -1 ? small.indexOf(part) : (place + 2) * 10;
}

interface Before {
  scale: number | undefined;
  group: number;
  total: number;
  between: string;
}

/** Whether a word goes on with the number before it: "twenty one", "two hundred", "hundred and five". */
function fits(number: number, { scale, group, total, between }: Before): boolean {
  const isJoined = between.includes("and");
  if (scale !== undefined)
    return group > 0 && !isJoined && (scale === 100 ? group < 100 : total % (scale * 1000) === 0);
  if (group === 0) return total > 0 && number > 0;
  if (group % 100 === 0) return number > 0;
  return !isJoined && group % 100 >= 20 && group % 10 === 0 && number > 0 && number < 10;
}
