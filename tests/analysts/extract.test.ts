import { describe, expect, test } from "vitest";
import { normalisersBetween, plain } from "../../analysts/statistical/extraction/normaliser.ts";
import { shapesOf } from "../../analysts/statistical/extraction/shapes.ts";
import { spansOf } from "../../analysts/statistical/extraction/spans.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import { applyEdits } from "../../skills/edits.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { budgetOf, bulletsOf, rollOut, skillOf, type Labelled } from "./rollouts.ts";

const empty = skillOf("# Label\n");

/** Studies the tasks and applies what is proposed, round after round, until nothing is. */
async function learn(start: SkillFolder, tasks: readonly Labelled[], rounds = 4) {
  const analyst = createStatisticalAnalyst();
  let skills = [start];
  const operators: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const replay = await rollOut(skills, tasks);
    const deficiencies = await analyst.diagnose(await analyst.analyze(replay, skills), skills, replay);
    const [draft] = (await analyst.propose(deficiencies, skills, replay, budgetOf())).drafts;
    if (draft === undefined) break;
    operators.push(draft.origin.operator);
    skills = applyEdits(skills, draft.edits);
  }
  const rollouts = await rollOut(skills, tasks);
  const right = rollouts.filter(({ score }) => score?.value === 1).length;
  return { skill: skills[0], bullets: bulletsOf(skills[0]), right, operators };
}

async function categoriesOf(skill: SkillFolder, tasks: readonly Labelled[]) {
  const failures = await createStatisticalAnalyst().analyze(await rollOut([skill], tasks), [skill]);
  return failures.map(({ category, place }) => [category, place]);
}

describe("where a text holds what is expected", () => {
  test("capitals, spaces, punctuation and zeros at the end of decimals aside", () => {
    expect(spansOf("Only 1 250,- today", "1250.00")).toEqual([{ start: 5, end: 10 }]);
    expect(spansOf("in New York.", "new york")).toEqual([{ start: 3, end: 11 }]);
    expect(spansOf("suite # 12", "# 12")).toEqual([{ start: 6, end: 10 }]);
  });

  test("never a part of a word or number", () => {
    expect(spansOf("class of 1250 n0ham", "250")).toEqual([]);
    expect(spansOf("class of 1250 n0ham", "ham")).toEqual([]);
  });

  test("the shortest chain turns it into what is expected", () => {
    expect(normalisersBetween("x", "x")).toEqual([plain]);
    expect(normalisersBetween("79,50", "79.50")[0]).toEqual({ ...plain, replaced: [[",", "."]] });
    expect(normalisersBetween("1 250", "1250.00")[0]).toEqual({ ...plain, spaces: true, decimals: 2 });
    expect(normalisersBetween("abc", "xyz")).toEqual([]);
  });

  test("digits in groups are a shape for any number of groups, and any white space may stand between characters", () => {
    const [groups] = shapesOf("12.500");
    for (const other of ["12.500", "1.144.000", "kr61.858"]) {
      expect(new RegExp(groups?.source ?? "", "u").exec(other)?.[0], other).toBe(other.replace("kr", ""));
    }
    expect(new RegExp(groups?.source ?? "", "u").test("12.50")).toBe(false);
    const bags = shapesOf("1 298,00").filter(({ source }) => source.includes("["));
    expect(
      bags.some(({ source }) => new RegExp(source, "u").exec("1\u00a0298,00 €")?.[0]?.trim() === "1\u00a0298,00"),
    ).toBe(true);
  });

  test("a shape matches the span it was made of", () => {
    for (const span of ["79,50", "# 12", "New York", "A-1", "O'Neil (x)", "Ünal", "1\u00a0298,50"]) {
      for (const { source } of shapesOf(span)) expect(span, source).toMatch(new RegExp(source, "u"));
    }
  });
});

describe("extraction", () => {
  test("finds a number by its shape and writes it as it is expected", async () => {
    const tasks = Array.from({ length: 12 }, (_, at): Labelled => [
      `cost ${at + 10},5${at % 10} net`,
      `${at + 10}.5${at % 10}`,
    ]);
    const { bullets, right } = await learn(empty, tasks);
    expect(right).toBe(tasks.length);
    expect(bullets[0]).toMatch(/^- Take .*replace "," with "\."/);
  });

  test("looks beside a word where the shape alone finds something else", async () => {
    const colours = ["red", "blue", "green", "black", "white", "pink"];
    const tasks = colours.flatMap((colour, at): Labelled[] => [
      [`the house number ${at} colour ${colour} is sold today`, colour],
      [`colour ${colour} of a big new car`, colour],
      [`we saw it, in colour ${colour}`, colour],
    ]);
    const { bullets, right } = await learn(empty, tasks);
    expect(right).toBe(tasks.length);
    expect(bullets.join("\n")).toContain('"colour"');
  });

  test("keeps to the field that is asked for, and abstains where it has nothing", async () => {
    const tasks = Array.from({ length: 12 }, (_, at): Labelled[] => [
      [`field: code\ntext: box 7 area ${at + 10}-${at + 500}`, `${at + 10}-${at + 500}`],
      [`field: box\ntext: box ${at + 3} area ${at + 10}-${at + 500}`, String(at + 3)],
      [`field: street\ntext: box ${at + 3} area ${at + 10}-${at + 500}`, "none"],
    ]).flat();
    const { bullets, right } = await learn(empty, tasks);
    expect(right).toBe(tasks.length);
    expect(bullets.some((bullet) => bullet.includes("the field is `code`"))).toBe(true);
    expect(bullets.some((bullet) => bullet.includes("answer `none`"))).toBe(true);
  });

  test("leaves a skill's other sections byte for byte", async () => {
    const prose = "# Label\n\nBe careful.\n\n## Notes\n\n- Mind the gap.\n";
    const tasks = Array.from({ length: 9 }, (_, at): Labelled => [`n ${at + 10} x`, String(at + 10)]);
    const { skill } = await learn(skillOf(prose), tasks);
    expect(new TextDecoder().decode(skill?.files["SKILL.md"])).toMatch(
      /^# Label\n\nBe careful\.\n\n## Notes\n\n- Mind the gap\.\n/,
    );
  });

  test("names what went wrong after the section", async () => {
    const skill = skillOf("# L\n\n## Extract\n\n- Take the first /\\d+/. <!-- r1 -->\n");
    expect(await categoriesOf(skill, [["a 1 b 2", "2"]])).toEqual([["extraction_error", "r1"]]);
  });
});

const animals = ["cat", "dog", "cow", "pig", "duck", "goat"];
const numbers = ["two", "five", "three", "six", "nine", "four"];
const sizes = [2, 5, 3, 6, 9, 4];
const counted = numbers.map((number, at): Labelled => {
  const items = animals.slice(0, 2 + (at % 4)).map((name, place) => (place === 0 ? `${number} ${name}s` : `a ${name}`));
  return [
    `I own ${items.slice(0, -1).join(", ")}, and ${items.at(-1)}. How many?`,
    String(items.length - 1 + (sizes[at] as number)),
  ];
});

describe("procedures", () => {
  test("the shortest steps that sort a list", async () => {
    const tasks: Labelled[] = [
      ["Sort: pear fig apple", "apple fig pear"],
      ["Sort: kiwi date", "date kiwi"],
      ["Sort: z y x w", "w x y z"],
      ["Sort: mango lime", "lime mango"],
    ];
    const { bullets, right, operators } = await learn(empty, tasks);
    expect(right).toBe(tasks.length);
    expect(operators).toEqual(["add_steps"]);
    expect(bullets.at(-1)).toContain("Sort the list alphabetically, answer it.");
  });

  test("steps that count, and a lexicon of what to leave out", async () => {
    const odd: Labelled[] = [
      ["I own two cats, a lamp, and a dog. How many?", "3"],
      ["I own five dogs, a lamp, and a pig. How many?", "6"],
    ];
    const { bullets, right } = await learn(empty, [...counted, ...odd]);
    expect(right).toBe(counted.length + odd.length);
    expect(bullets).toContainEqual(expect.stringContaining('Ignore "lamp*"'));
  });

  test("an item too many is a gap in the lexicon, another end a wrong step", async () => {
    const lines = ['Take the text after "own".', 'Split it at ","', "Count the list, answer it."];
    const skill = skillOf(`# L\n\n## Steps\n\n${lines.map((line, at) => `- ${line} <!-- r${at} -->\n`).join("")}`);
    const categories = await categoriesOf(skill, [
      ["I own red, blue, green", "2"],
      ["I own red, blue, green", "9"],
    ]);
    expect(categories.map(([category]) => category)).toEqual(["label_noise", "label_noise"]);
    expect(await categoriesOf(skill, [["I own red, blue, green", "2"]])).toEqual([["lexicon_gap", "r2"]]);
    expect(await categoriesOf(skill, [["I own red, blue, green", "9"]])).toEqual([["wrong_step", "r2"]]);
  });
});
