import { draw } from "../../state/draw.ts";
import { attempt, misprinted } from "../../tests/support/foreign/attempt.ts";
import { doors, readers } from "../../tests/support/foreign/readers.ts";
import { textKinds, writeHostile } from "../../tests/support/foreign/texts.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";

/** Milliseconds of CPU that one text may cost one reader, with what the garbage collector takes. */
const budget = 1_000;
/** Four times the text may take so many times the CPU: 4 is linear, 16 quadratic. */
const steepest = 8;
/** What takes less is not compared, in milliseconds: the machine would measure itself. */
const comparable = 150;
/** Characters of the texts that are compared, and of those at the doors. */
const [short, long, longest] = [250_000, 1_000_000, 10_000_000];
/** Bytes by which the process may grow. */
const mostMemory = 2 * 2 ** 30;

const names = Object.keys(readers);

export const foreignText: Trial = {
  id: "T22",
  name: "foreign-text",
  what: `10,000 hostile replies, skills, answers and tasks of ${textKinds.length} kinds through ${names.length} readers; each kind at 250,000 and 1,000,000 characters, and at 10,000,000 where texts come in`,
  async run({ share, progress }): Promise<Finding> {
    const before = process.memoryUsage().rss;
    const count = shareOf(10_000, share);
    const many = await readMany(count, (done) => progress(done, 3 * count));
    const compared = await compare((part) => progress(Math.round(count * (1 + part)), 3 * count));
    const whole = await knock((part) => progress(Math.round(count * (2 + part)), 3 * count));
    const grown = process.resourceUsage().maxRSS * 1024 - before;
    const problems = [...many.problems, ...compared.problems, ...whole.problems];
    if (grown > mostMemory) problems.push(`the process grew by ${grown} bytes`);
    const figures = {
      texts: `${count}, each through ${names.length} readers`,
      read: `${many.taken}`,
      "refused with a reason": `${many.refused}`,
      "most CPU of one": `${many.most.toFixed(0)} ms`,
      "1,000,000 characters against 250,000": `at most ${compared.steepest.toFixed(1)} times the CPU, ${compared.most.toFixed(0)} ms`,
      "10,000,000 characters at a door": `at most ${whole.most.toFixed(0)} ms`,
      memory: `at most ${Math.round(grown / 2 ** 20)} MB more`,
    };
    return { figures, problems };
  },
};

/** Each text through all readers, and to the terminal. */
async function readMany(count: number, progress: (done: number) => void) {
  const found = { taken: 0, refused: 0, most: 0, problems: [] as string[] };
  for (let seed = 0; seed < count; seed += 1) {
    const kind = textKinds[seed % textKinds.length] as string;
    const text = writeHostile(kind, 20_000 ** draw(seed, 0, "size", 0), seed);
    const place = `${kind}, ${text.length} characters, seed ${seed}`;
    const odd = misprinted(text);
    if (odd !== undefined) found.problems.push(`${place}: ${odd}`);
    for (const name of names) {
      const outcome = await attempt(name, text);
      found.most = Math.max(found.most, outcome.milliseconds);
      if (outcome.milliseconds > budget) found.problems.push(`${name}, ${place}: ${outcome.milliseconds} ms`);
      if (outcome.end === "broken") found.problems.push(`${name}, ${place}: ${outcome.why}`);
      else found[outcome.end] += 1;
    }
    progress(seed + 1);
  }
  return found;
}

/** A text of each kind, whatever the share, and another four times as long. What looks too slow is tried again: other work may have taken the caches. */
async function compare(progress: (part: number) => void) {
  const found = { steepest: 0, most: 0, problems: [] as string[] };
  for (const [index, kind] of textKinds.entries()) {
    const texts = [short, long].map((size) => writeHostile(kind, size, index));
    for (const name of names) {
      const [one, four] = await fastest(name, texts);
      found.most = Math.max(found.most, four);
      if (four > budget) found.problems.push(`${name}, ${kind}: ${four} ms for ${long} characters`);
      if (four < comparable) continue;
      found.steepest = Math.max(found.steepest, four / one);
      if (four > steepest * one)
        found.problems.push(`${name}, ${kind}: ${one} ms, then ${four} ms for four times as much`);
    }
    progress((index + 1) / textKinds.length);
  }
  return found;
}

/** The least CPU for each of two texts, of up to three tries while the second looks too slow. */
async function fastest(name: string, texts: readonly string[]): Promise<[one: number, four: number]> {
  let [one, four] = [Infinity, Infinity];
  for (let tries = 0; tries < 3; tries += 1) {
    one = Math.min(one, (await attempt(name, texts[0] as string)).milliseconds);
    four = Math.min(four, (await attempt(name, texts[1] as string)).milliseconds);
    if (four < comparable || (four <= steepest * one && four <= budget)) break;
  }
  return [one, four];
}

/** A text of each kind, far longer than any is taken, to all that lets texts in. */
async function knock(progress: (part: number) => void) {
  const found = { most: 0, problems: [] as string[] };
  for (const [index, kind] of textKinds.entries()) {
    const text = writeHostile(kind, longest, index);
    for (const name of doors) {
      const outcome = await attempt(name, text);
      found.most = Math.max(found.most, outcome.milliseconds);
      if (outcome.end === "broken") found.problems.push(`${name}, ${kind}: ${outcome.why}`);
      if (outcome.milliseconds > budget) found.problems.push(`${name}, ${kind}: ${outcome.milliseconds} ms`);
    }
    progress((index + 1) / textKinds.length);
  }
  return found;
}
