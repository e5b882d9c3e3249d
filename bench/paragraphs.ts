import type { TaskSuites } from "../runs/cycle/optimize.ts";
import { draw } from "../state/draw.ts";
import type { Task } from "../state/task.ts";

/** How tasks with long inputs are made: the same for the same seed. */
export interface ParagraphOptions {
  seed: number;
  train: number;
  validation: number;
  /** Sentences of a paragraph, from the fewest to the most. */
  sentences: readonly [number, number];
}

const names = "Alba Bruno Chiara Dario Elif Fritz Greta Hugo Ines Jonas Karin Lars Mira Nils Olga Pavel".split(" ");
const places = "harbour market library station museum bakery workshop garden theatre bridge".split(" ");
const things = "lamp kettle ladder blanket basket mirror drum compass bottle umbrella".split(" ");
const days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");

/** What a sentence says; what is in braces is drawn. The first two decide the answer, the others are there to be read. */
const templates = [
  "{name} kept the {thing} at the {place} for the others",
  "{name} handed the {thing} back to {name} on {day}",
  "On {day} {name} walked from the {place} to the {place}",
  "{name} says that {name} never tells the truth about the {thing}",
  "Nobody at the {place} had seen {name} since {day}",
  "After {number} hours {name} found the {thing} behind the {place}",
  "{name} paid {number} coins for a {thing} and a {thing}",
  "The {place} was closed on {day}, so {name} waited there with {name}",
] as const;

/** Suites of templated paragraphs with a question that is answered yes or no. No phrase decides alone, so a run goes on looking. */
export function createParagraphs(options: ParagraphOptions): TaskSuites {
  const suite = (name: string, size: number) =>
    Array.from({ length: size }, (_, index) => createParagraph(options, name, index));
  return {
    train: suite("train", options.train),
    validation: suite("validation", options.validation),
    sealed: [],
    test: [],
  };
}

function createParagraph({ seed, sentences: [fewest, most] }: ParagraphOptions, suite: string, index: number): Task {
  let drawn = 0;
  const below = (limit: number) => Math.floor(draw(seed, index, `paragraph/${suite}`, drawn++) * limit);
  const oneOf = (list: readonly string[]) => list[below(list.length)] as string;
  const words: Record<string, () => string> = {
    name: () => oneOf(names),
    place: () => oneOf(places),
    thing: () => oneOf(things),
    day: () => oneOf(days),
    number: () => String(below(90) + 10),
  };
  const lines = Array.from({ length: fewest + below(most - fewest + 1) }, () => {
    const kind = below(templates.length);
    const said = (templates[kind] as string).replaceAll(/\{(\w+)\}/g, (_, slot: string) => words[slot]?.() ?? slot);
    return { kind, said };
  });
  const count = (kind: number) => lines.filter((line) => line.kind === kind).length;
  return {
    id: `${suite}-${index}`,
    input: `${lines.map(({ said }) => `${said}.`).join(" ")} Is the ${oneOf(things)} still there?`,
    expected: count(0) > count(1) || (count(0) > 0 && below(10) < 3) ? "yes" : "no",
    meta: {},
  };
}
