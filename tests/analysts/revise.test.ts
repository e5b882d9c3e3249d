import { describe, expect, test } from "vitest";
import { createFinders } from "../../analysts/statistical/extraction/finders.ts";
import { createLexicons } from "../../analysts/statistical/extraction/lexicons.ts";
import { extract } from "../../analysts/statistical/extraction/performer.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import { createCaseReader } from "../../analysts/statistical/window.ts";
import type { Act } from "../../agents/procedure/grammar/act.ts";
import type { Edit } from "../../state/program.ts";
import { applyEdits } from "../../skills/edits.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { budgetOf, bulletsOf, rollOut, skillOf, type Labelled } from "./rollouts.ts";

/** What is proposed for a skill after one look at the tasks. */
async function proposeFor(skill: SkillFolder, tasks: readonly Labelled[], rejected: readonly Edit[] = []) {
  const analyst = createStatisticalAnalyst();
  const replay = await rollOut([skill], tasks);
  const deficiencies = await analyst.diagnose(await analyst.analyze(replay, [skill]), [skill], replay);
  const [draft] = (await analyst.propose(deficiencies, [skill], replay, budgetOf(4, rejected))).drafts;
  const edits = draft?.edits ?? [];
  const features = draft?.origin.features as { operators: string[] } | undefined;
  const operators = (features?.operators ?? []).map((operator) => operator.split(" ")[0]);
  return { operators, edits, bullets: bulletsOf(applyEdits([skill], edits)[0]) };
}

function extracting(...bullets: string[]): SkillFolder {
  return skillOf(`# L\n\n## Extract\n\n${bullets.map((bullet, at) => `- ${bullet} <!-- r${at + 1} -->\n`).join("")}`);
}

const counting = ['Take the text after "own".', 'Split it at "," or "and".', "Read the number words as digits."];

function stepsOf(...bullets: string[]): SkillFolder {
  const lines = [...counting, ...bullets, "Add up the list, answer it."];
  return skillOf(`# L\n\n## Steps\n\n${lines.map((line, at) => `- ${line} <!-- r${at + 1} -->\n`).join("")}`);
}

describe("a rule of Extract that answers wrongly", () => {
  test("change_pattern: looks elsewhere", async () => {
    const tasks = Array.from({ length: 10 }, (_, at): Labelled => [`box ${at} code ${at + 40} end`, String(at + 40)]);
    const { operators, bullets } = await proposeFor(extracting("Take the first /\\d+/."), tasks);
    expect(operators).toEqual(["change_pattern"]);
    expect(bullets).toHaveLength(1);
  });

  test("change_normaliser: writes what it finds in another way", async () => {
    const tasks = Array.from({ length: 8 }, (_, at): Labelled => [`cost ${at + 10},5 net`, `${at + 10}.5`]);
    const { operators, bullets } = await proposeFor(extracting("Take the first /\\d+,\\d+/."), tasks);
    expect(operators).toEqual(["change_normaliser"]);
    expect(bullets[0]).toContain('replace "," with "."');
  });

  test("widen_extraction: pattern and normaliser together do for one more way of writing", async () => {
    const plain = Array.from({ length: 8 }, (_, at): Labelled => [`cost ${at + 10},5 net`, `${at + 10}.50`]);
    const start = 'Take the first /\\d[\\d,]*/, replace "," with ".", format it with 2 decimals.';
    const { operators, bullets } = await proposeFor(extracting(start), [...plain, ["cost 4 835,5 net", "4835.50"]]);
    expect(operators).toEqual(["widen_extraction"]);
    expect(bullets[0]).toMatch(/remove spaces/);
  });

  test("extend_items: a list of words grows by all that are common, in one edit", async () => {
    const colours = ["red", "blue", "green", "pink"];
    const tasks = colours.flatMap((colour): Labelled[] => [
      [`we saw a ${colour} one`, colour],
      [`${colour} cars are nice`, colour],
      [`it was nearly ${colour}`, colour],
    ]);
    const { operators, bullets } = await proposeFor(extracting('Take the first "red".'), tasks);
    expect(operators).toEqual(["extend_items"]);
    expect(bullets[0]).toMatch(/"blue".*"green".*"pink"|"green".*"pink".*"blue"/);
  });

  test("a change that was rejected is not proposed again, another one is", async () => {
    const tasks = Array.from({ length: 8 }, (_, at): Labelled => [`cost ${at + 10},5 net`, `${at + 10}.5`]);
    const skill = extracting("Take the first /\\d+,\\d+/.");
    const first = await proposeFor(skill, tasks);
    const second = await proposeFor(skill, tasks, first.edits);
    expect(second.edits).not.toHaveLength(0);
    expect(second.bullets).not.toEqual(first.bullets);
  });
});

describe("values of a closed set", () => {
  test("are looked for as one list, found in one edit", async () => {
    const cities = ["rome", "oslo", "new delhi", "lima"];
    const places = ["today I fly over X again", "X is far", "what about X then", "my aunt likes X"];
    const tasks = cities.flatMap((city, at): Labelled[] =>
      places.slice(0, 3).map((place, nth) => [place.replace("X", city) + " z".repeat(at + nth), city]),
    );
    const { bullets } = await proposeFor(skillOf("# L\n"), tasks);
    const list = bullets.find((bullet) => bullet.includes('"new delhi"'));
    for (const city of cities) expect(list).toContain(`"${city}"`);
  });

  test("are not looked for where most answers are names given to texts", () => {
    const reader = createCaseReader();
    const named = ["where is my parcel", "it came late", "which van brings it"];
    const held = ["delivery of a box", "a delivery", "the bill is wrong", "that bill again"];
    const casesOf = (texts: string[]) =>
      texts.map((text) => reader.caseOf(text, text, text.includes("bill") ? "bill" : "delivery"));
    const finders = createFinders();
    expect(createLexicons(casesOf([...held, ...named]), finders)([])).not.toEqual([]);
    expect(createLexicons(casesOf([...held, ...named, "who drives", "no van yet"]), finders)([])).toEqual([]);
  });
});

describe("a lexicon of counting steps", () => {
  const right: Labelled[] = [
    ["I own two dogs, and a cat. How many?", "3"],
    ["I own a lamp, and a cat. How many?", "2"],
    ["I own four lamps, and a dog. How many?", "5"],
  ];

  test("shorten_lexicon: takes back an item that was wrongly left out", async () => {
    const { operators, bullets } = await proposeFor(stepsOf('Ignore "lamp*" and "brick*".'), right);
    expect(operators).toEqual(["shorten_lexicon"]);
    expect(bullets.join()).toContain('Ignore "brick*".');
  });

  test("grows by all items of other kinds where a word of the text says which count", async () => {
    const fruits = "I own two figs, and a pear. How many fruits?";
    const tasks: Labelled[] = [
      [fruits, "3"],
      ["I own a pear, a lime and a fig. How many fruits?", "3"],
      ["I own two cats, and a cow. How many animals?", "3"],
      ["I own a cow, a goat and a cat. How many animals?", "3"],
      ["I own a cow, a lime and a pear. How many fruits?", "2"],
      ["I own two figs, a goat and a pear. How many fruits?", "3"],
    ];
    const { bullets } = await proposeFor(stepsOf(), tasks);
    const line = bullets.find((bullet) => bullet.includes("Ignore") || bullet.includes("ignore"));
    for (const animal of ["cat", "cow", "goat"]) expect(line).toContain(`"${animal}*"`);
    expect(line).toContain('mentions "fruits"');
  });
});

describe("finders", () => {
  const acts: Act[][] = [
    [
      {
        kind: "take",
        choice: "first",
        items: [
          { kind: "text", text: "to" },
          { kind: "pattern", source: "\\d+" },
        ],
      },
    ],
    [{ kind: "take-after", items: ["to", "to my", "on"].map((text) => ({ kind: "text" as const, text })) }],
    [
      { kind: "take-before", items: ["list", "to"].map((text) => ({ kind: "text" as const, text })) },
      { kind: "take", choice: "last", items: [{ kind: "pattern", source: "\\S+" }] },
      { kind: "lower-case" },
    ],
    [{ kind: "answer", text: "none" }],
    [{ kind: "take", choice: "first", items: [{ kind: "pattern", source: "(a+)+" }] }],
  ];

  test("find what the section Extract makes of a text, asked once or again", () => {
    const { finderOf } = createFinders();
    const reader = createCaseReader();
    const texts = ["Add it to my list 7", "on 12 TO the list", "aa", "7 on to my own list", ""];
    for (const round of [1, 2]) {
      for (const each of acts) {
        for (const [at, text] of texts.entries()) {
          const found = finderOf(structuredClone(each))(reader.caseOf(`t${at}`, text, "x"));
          expect(found, `${round} ${JSON.stringify(each)} ${text}`).toBe(extract(each, text));
        }
      }
    }
  });
});
