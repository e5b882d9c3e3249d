import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileCondition } from "../../agents/procedure/compile.ts";
import type { Act, Item } from "../../agents/procedure/grammar/act.ts";
import { createMessageReader, createPhraseTest } from "../../agents/procedure/message.ts";
import { perform } from "../../agents/procedure/perform.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { createCaseSet } from "../../analysts/statistical/case-sets.ts";
import { createConditionTests } from "../../analysts/statistical/condition-tests.ts";
import { createFinders } from "../../analysts/statistical/extraction/finders.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import { createCaseReader, createVocabulary, createWindow } from "../../analysts/statistical/window.ts";
import { createParagraphs } from "../../bench/paragraphs.ts";
import { applyEdits } from "../../skills/edits.ts";
import { draw } from "../../state/draw.ts";
import { budgetOf, rollOut, skillOf, type Labelled } from "./rollouts.ts";

/** Everything an analyst answers while a skill learns, round after round; the rounds see overlapping windows. */
async function answersOf(tasks: readonly Labelled[], analystFor: () => Analyst): Promise<string[]> {
  const answers: string[] = [];
  let skills = [skillOf("# Label\n")];
  for (let round = 0; round < 3; round += 1) {
    const replay = await rollOut(skills, tasks.slice(8 * round, 8 * round + 40));
    const failures = await analystFor().analyze(replay, skills);
    const deficiencies = await analystFor().diagnose(failures, skills, replay);
    const proposal = await analystFor().propose(deficiencies, skills, replay, budgetOf(2));
    answers.push(JSON.stringify([failures, deficiencies, proposal]));
    skills = applyEdits(skills, proposal.drafts[0]?.edits ?? []);
  }
  return answers;
}

const places = ["New York", "York", "Rome", "rome north", "Saint-Rome"];
const written = Array.from({ length: 60 }, (_, index): Labelled => {
  const place = places[Math.floor(draw(1, index, "place", 0) * places.length)] as string;
  return [
    `name: n${index % 3}\ntext: Flight ${index} to ${place}, gate ${index % 7}`,
    index % 3 === 0 ? `${index}` : place,
  ];
});
const paragraphs = createParagraphs({ seed: 3, train: 60, validation: 1, sentences: [2, 4] }).train.map(
  ({ input, expected }): Labelled => [input, expected as string],
);

describe("what an analyst remembers changes nothing it answers", () => {
  test.each([
    ["paragraphs", paragraphs],
    ["values in fields", written],
  ])("%s", async (_, tasks) => {
    const warm = createStatisticalAnalyst();
    const answers = await answersOf(tasks, () => warm);
    expect(answers).toEqual(await answersOf(tasks, createStatisticalAnalyst));
    expect(answers.join()).toContain('"edits":[{');
  });
});

test("what is taken by several items is put together from where each of them is", () => {
  const parts = ["new", "New York", "york", "new new", "st. john's", "a*", "anna", "x1x", "12", "1", ",", "", "ß"];
  const reader = createCaseReader();
  const choices = ["first", "last", "only", "largest", "smallest", "all"] as const;
  for (let index = 0; index < 100; index += 1) {
    let drawn = 0;
    const below = (limit: number) => Math.floor(draw(7, index, "take", drawn++) * limit);
    const some = (most: number) => Array.from({ length: 1 + below(most) }, () => parts[below(parts.length)] as string);
    const items = some(4).map((text): Item =>
      below(5) === 0 ? { kind: "pattern", source: "\\d+|new" } : { kind: "text", text },
    );
    const text = some(12).join(below(2) === 0 ? " " : "  ");
    for (const choice of choices) {
      const acts: Act[] = [{ kind: "take", choice, items }];
      const { value } = perform(acts, { value: text, names: new Map() });
      const found = value === undefined ? "" : typeof value === "object" ? value.join(" ") : String(value);
      const each = reader.caseOf(`t${index}`, text, "");
      expect([text, items, choice, createFinders().finderOf(acts)(each)]).toEqual([
        text,
        items,
        choice,
        found || undefined,
      ]);
    }
  }
});

test("the index of a window counts what is true of its cases", () => {
  const reader = createCaseReader();
  const cases = paragraphs.slice(0, 30).map(([input, expected], place) => reader.caseOf(`t${place}`, input, expected));
  const window = createWindow(cases, createVocabulary());
  const holds = (trait: number) =>
    cases.flatMap((_, place) => (window.traitsOf[place]?.includes(trait) ? [place] : []));
  const given = [3, 4, 8, 20];
  const { traits, counts, grades } = window.supportOf(given);
  expect(window.traits.length).toBeGreaterThan(100);
  for (const [trait, { clause, grade }] of window.traits.entries()) {
    const mine = holds(trait);
    expect([...window.holders.subarray(window.starts[trait], window.starts[trait + 1])]).toEqual(mine);
    expect(window.sizeOf(trait)).toBe(mine.length);
    if (clause.kind === "mentions") {
      const isMentioned = createPhraseTest(clause.phrases[0] as string);
      expect(mine).toEqual(cases.flatMap(({ message }, place) => (isMentioned(message) ? [place] : [])));
    }
    const support = given.filter((place) => mine.includes(place)).length;
    const at = traits.indexOf(trait);
    expect(counts[at] ?? 0).toBe(support);
    expect(window.countIn(trait, createCaseSet(cases.length, given))).toBe(support);
    if (support > 0) expect(window.grades[grades[at] as number]).toBe(grade);
  }
  const frequent = window.supportOf(given, 2);
  expect([...frequent.traits]).toEqual([...traits].filter((_, at) => (counts[at] as number) >= 2));
  expect([...frequent.counts]).toEqual([...counts].filter((count) => count >= 2));
});

test("a window is the same whatever was read before, also where tasks ask the same", () => {
  const text = fc
    .array(fc.constantFrom("lost", "card", "cards", "where", "is", "it"), { minLength: 1, maxLength: 4 })
    .map((words) => words.join(" "));
  const texts = fc.array(text, { minLength: 2, maxLength: 8 });
  const windowOf = (
    inputs: readonly string[],
    reader: ReturnType<typeof createCaseReader>,
    vocabulary = createVocabulary(),
  ) => {
    const cases = inputs.map((input, place) => reader.caseOf(`t${place}`, input, ""));
    const { traits, starts, holders } = createWindow(cases, vocabulary);
    return { clauses: traits.map(({ clause }) => clause), starts, holders };
  };
  fc.assert(
    fc.property(texts, texts, (before, now) => {
      const read = createMessageReader();
      const [reader, vocabulary] = [createCaseReader(read), createVocabulary()];
      const twice = [...now, now[0] as string];
      windowOf(before, reader, vocabulary);
      expect(windowOf(twice, reader, vocabulary)).toEqual(windowOf(twice, createCaseReader()));
    }),
  );
});

test("conditions are tested as the agent tests them, also on cases that are read later", () => {
  const reader = createCaseReader();
  const tests = createConditionTests(reader.cases);
  const words = "the lamp was left at harbour 12 on Monday".split(" ");
  const clause = fc.oneof(
    fc.record({
      kind: fc.constantFrom(
        "mentions" as const,
        "mentions-all" as const,
        "mentions-none" as const,
        "starts-with" as const,
        "ends-with" as const,
      ),
      phrases: fc.array(fc.constantFrom("lamp", "the lamp", "ha*", "12", "monday", "was left at harbour"), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    fc.record({
      kind: fc.constant("mentions-at-least" as const),
      least: fc.constant(2),
      phrases: fc.constant(["lamp", "the", "monday"]),
    }),
    fc.record({ kind: fc.constantFrom("is" as const, "is-not" as const), texts: fc.constant(["the lamp", "LAMP"]) }),
    fc.record({
      kind: fc.constantFrom("matches" as const, "matches-none" as const),
      patterns: fc.constant(["\\d\\d", "ay$"]),
    }),
    fc.record({
      kind: fc.constant("matches" as const),
      patterns: fc.constant(["x"]),
      about: fc.constantFrom("text", "kind"),
    }),
    fc.record({ kind: fc.constantFrom("more-words" as const, "fewer-words" as const), words: fc.constant(4) }),
  );
  const group = fc.array(clause, { maxLength: 3 });
  const input = fc
    .tuple(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 7 }), fc.boolean())
    .map(([said, isField]) => (isField ? `kind: x\ntext: ${said.join(" ")}` : said.join(" ")));
  const condition = fc.record({ all: fc.array(group, { maxLength: 3 }), unless: group });
  fc.assert(
    fc.property(
      fc.array(condition, { minLength: 1, maxLength: 4 }),
      fc.array(input, { maxLength: 40 }),
      (conditions, inputs) => {
        for (const each of conditions) {
          const [ofMessage, ofText] = [tests.testOf(each, false), tests.testOf(each, true)];
          const plain = compileCondition(each);
          for (const [place, text] of inputs.entries()) {
            const given = reader.caseOf(`c${place}`, text, "yes");
            const { body, message } = given;
            expect([each, text, ofMessage(given), ofText(given)]).toEqual([
              each,
              text,
              plain(message),
              plain(body, (name) => message.about(name)),
            ]);
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});
