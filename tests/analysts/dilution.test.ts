import { compileSkills } from "../../agents/procedure/interpret.ts";
import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import type { Slip } from "../../agents/procedure/slip.ts";
import { createBoard, createPlayer } from "../../analysts/statistical/board.ts";
import { expectedGain } from "../../policies/expected-gain.ts";
import { measureDilution } from "../../analysts/statistical/dilution.ts";
import { createNotebook } from "../../analysts/statistical/notebook.ts";
import { createForecast } from "../../analysts/statistical/forecast.ts";
import { listingOf } from "../../analysts/statistical/listing.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import { casesOf } from "../../analysts/statistical/window.ts";
import { applyEdits } from "../../skills/edits.ts";
import { programHash, type SkillFolder } from "../../skills/folder.ts";
import type { Edit } from "../../state/program.ts";
import { budgetOf, bulletsOf, rollOut, rulesOf, skillOf, times, type Labelled } from "./rollouts.ts";

const analyst = createStatisticalAnalyst();
const forgetful: Slip = { base: 0.2, freeWords: 0, slope: 0 };
const otherwise = "Otherwise, answer `ham`. <!-- r0 -->";
const win = 'When the message mentions "win", answer `spam`. <!-- r1 -->';
const tasks = [...times(150, "win", "spam"), ...times(100, "hello", "ham")];

interface Options {
  slip?: Slip;
  edits?: number;
  rejected?: readonly Edit[];
  takesShorter?: boolean;
}

/** What the analyst makes of the tasks as an agent with this slip does them. */
async function study(skill: SkillFolder, given: readonly Labelled[], options: Options = {}) {
  const { slip, edits = 4, rejected = [], takesShorter = false } = options;
  const replay = await rollOut([skill], given, createProcedureAgent(slip === undefined ? {} : { slip }));
  const deficiencies = await analyst.diagnose(await analyst.analyze(replay, [skill]), [skill], replay);
  const budget = budgetOf(edits, rejected, 1, takesShorter);
  const [draft] = (await analyst.propose(deficiencies, [skill], replay, budget)).drafts;
  const after = draft === undefined ? skill : (applyEdits([skill], draft.edits)[0] as SkillFolder);
  const categories = [...new Set(deficiencies.map(({ category }) => category))].toSorted();
  const operators = (draft?.origin.features["operators"] ?? []) as string[];
  const gain = draft === undefined ? null : expectedGain(draft.origin);
  return { categories, operators, edits: draft?.edits ?? [], bullets: bulletsOf(after), after, gain };
}

async function faithfulRight(skill: SkillFolder, given: readonly Labelled[]): Promise<number> {
  return (await rollOut([skill], given)).filter(({ score }) => score?.value === 1).length;
}

describe("what the agent overlooks", () => {
  const skill = rulesOf(win, otherwise);
  const rateOf = async (given: SkillFolder, slip?: Slip, program = given) =>
    measureDilution(await rollOut([given], tasks, createProcedureAgent(slip && { slip })), [program], createNotebook())
      .rate;

  test("is measured by faithful replay, nothing for an agent that follows every rule", async () => {
    expect(await rateOf(skill)).toBe(0);
    expect(Math.abs((await rateOf(skill, forgetful)) - 0.2)).toBeLessThan(0.08);
  });

  test("counts for rules not marked IMPORTANT, and by rollouts of these very skills", async () => {
    const marked = rulesOf(`IMPORTANT: ${win}`, otherwise);
    expect(Math.abs((await rateOf(marked, forgetful)) - 0.2)).toBeLessThan(0.08);
    expect(await rateOf(skill, forgetful, marked)).toBe(0);
  });

  test("is seen in the answers of an agent that names no rule", async () => {
    const replay = (await rollOut([skill], tasks, createProcedureAgent({ slip: forgetful }))).map((each) => ({
      ...each,
      rollout: { ...each.rollout, answer: each.rollout.answer && { ...each.rollout.answer, trace: [] } },
    }));
    expect(measureDilution(replay, [skill], createNotebook()).rate).toBe(await rateOf(skill, forgetful));
  });
});

test("a forecast weighs a word by its share of what is overlooked, and knows what a mark and a removal come to", async () => {
  const skill = rulesOf(win, otherwise);
  const notebook = createNotebook();
  const replay = await rollOut([skill], [...times(10, "win", "spam"), ...times(5, "hello", "ham")]);
  const cases = casesOf(replay, notebook.cases);
  const board = createBoard(listingOf(compileSkills([skill])), cases, createPlayer(cases, notebook));
  const forecast = createForecast(board, { rate: 0.2, words: 20, markedElsewhere: 0 }, 0);
  expect(forecast.wordCost).toBeCloseTo((0.2 / 20) * 10);
  expect(forecast.gainOfMark(0)).toBeCloseTo(10 * 0.1);
  const { tally, gain } = forecast.afterShifts([{ rule: 0, gained: [], lost: [...Array(10).keys()] }]);
  expect(tally).toEqual({ fixes: 0, breaks: 10, idle: 0 });
  expect(gain).toBeCloseTo(-8);
  const longer = createForecast(board, { rate: 0.2, words: 20, markedElsewhere: 1 }, 10);
  expect(longer.gainOfMark(0)).toBeCloseTo(10 * 0.3 * (0.5 / 1.4));
  expect(createForecast(board, { rate: 0, words: 20, markedElsewhere: 0 }, 0).wordCost).toBe(0);
});

describe("lapses", () => {
  test("lead to rules pruned and marked IMPORTANT, never to other content", async () => {
    const skill = rulesOf(
      'When the message mentions "win" or "zebra", answer `spam`. <!-- r1 -->',
      'When the message mentions "yak", answer `spam`. <!-- r2 -->',
      otherwise,
    );
    const { categories, operators, bullets, after } = await study(skill, tasks, { slip: forgetful });
    expect(categories).toEqual(["execution_lapse", "redundant_rule"]);
    expect(operators.toSorted()).toEqual(["prune r1", "prune r2", "set_important r1"]);
    expect(bullets).toEqual([`- IMPORTANT: ${win}`, `- ${otherwise}`]);
    expect(await faithfulRight(after, tasks)).toBe(tasks.length);
  });

  test("are worth what a shorter skill is expected to bring, which replaying alone does not show", async () => {
    const skill = rulesOf(
      win,
      'When the message mentions "prize" and "yak" and "zebra" and "crow", answer `spam`. <!-- r2 -->',
      otherwise,
    );
    const given = [...tasks, ["prize yak zebra crow", "spam"] satisfies Labelled];
    const { operators, gain } = await study(skill, given, { slip: forgetful });
    expect(operators).toContain("prune r2");
    expect(gain).toBeGreaterThan(0);
    // Of an agent that follows all rules, what replaying counts.
    expect((await study(rulesOf(win, otherwise), [...tasks, ...times(30, "prize", "junk")])).gain).toBe(30);
  });

  test("lead to one rule of two with the same answer", async () => {
    const skill = rulesOf(win, 'When the message mentions "prize", answer `spam`. <!-- r2 -->', otherwise);
    const given = [...tasks, ...times(80, "prize", "spam")];
    const { operators, bullets } = await study(skill, given, { slip: forgetful });
    expect(operators).toContain("merge_rules r1");
    expect(bullets[0]).toContain('When the message mentions "win" or "prize", answer `spam`. <!-- r1 -->');
    expect(bullets).toHaveLength(2);
  });

  test("do not merge what has another answer, or keep a rule apart from what it must come after", async () => {
    const rules = [
      'When the message mentions "win", answer `spam`. <!-- r1 -->',
      'When the message mentions "card", answer `bank`. <!-- r2 -->',
      'When the message mentions "free", answer `spam`. <!-- r3 -->',
    ];
    const both: Labelled[] = Array.from({ length: 60 }, (_, at) => [`card free n${at}`, "bank"]);
    const first: Labelled[] = Array.from({ length: 60 }, (_, at) => [`win card n${at}`, "spam"]);
    const given = [...tasks, ...both, ...first, ...times(60, "free", "spam")];
    const { operators, after } = await study(rulesOf(...rules, otherwise), given, { slip: forgetful });
    expect(operators.filter((each) => each.startsWith("merge"))).toEqual([]);
    expect(await faithfulRight(after, given)).toBe(given.length);
  });

  test("mark the rules that most depends on, and not all: emphasis on everything helps nobody", async () => {
    const words = ["win", ...Array.from({ length: 12 }, (_, at) => `word${at}`)];
    const rules = words.map(
      (word, at) => `When the message mentions "${word}", answer \`l${at}\`. <!-- r${at + 1} -->`,
    );
    const given = words.flatMap((word, at) => times(at === 0 ? 120 : 10, word, `l${at}`));
    const { operators } = await study(rulesOf(...rules), given, { slip: { ...forgetful, base: 0.1 }, edits: 13 });
    expect(operators[0]).toBe("set_important r1");
    expect(operators.length).toBeLessThan(words.length);
  });

  test("make a word weigh more: a rule that repairs little is not added", async () => {
    const skill = rulesOf(win, otherwise);
    const given = [...tasks, ...times(3, "prize", "junk")];
    expect((await study(skill, given)).bullets.join()).toContain("prize");
    const { categories, bullets } = await study(skill, given, { slip: forgetful });
    expect(categories).toContain("missing_rule");
    expect(bullets.join()).not.toContain("prize");
  });

  test("that were answered with rejected edits are not answered with them again", async () => {
    const skill = rulesOf(win, 'When the message mentions "yak", answer `spam`. <!-- r2 -->', otherwise);
    const first = await study(skill, tasks, { slip: forgetful });
    expect(first.operators).toContain("set_important r1");
    expect((await study(skill, tasks, { slip: forgetful, rejected: first.edits })).edits).toEqual([]);
  });
});

describe("a skill that is longer than it needs to be", () => {
  const long = rulesOf(
    'When the message mentions "win" or "zebra", answer `spam`. <!-- r1 -->',
    'When the message mentions "yak", answer `spam`. <!-- r2 -->',
    otherwise,
  );

  test("is left as it is under a gate that a shorter one cannot pass", async () => {
    expect((await study(long, tasks)).edits).toEqual([]);
  });

  test("is shortened under one that it can pass, where nothing else pays", async () => {
    const { operators, bullets } = await study(long, tasks, { takesShorter: true });
    expect(operators.toSorted()).toEqual(["prune r1", "prune r2"]);
    expect(bullets).toEqual([`- ${win}`, `- ${otherwise}`]);
    const curable = [...tasks, ...times(9, "prize", "spam")];
    expect((await study(long, curable, { takesShorter: true })).operators[0]).toMatch(/^(extend|add)/);
  });

  test("is not shortened the same way again once that was rejected", async () => {
    const { edits } = await study(long, tasks, { takesShorter: true });
    expect((await study(long, tasks, { takesShorter: true, rejected: edits })).edits).toEqual([]);
  });

  test("loses exceptions, requirements and rules of Extract that matter nowhere", async () => {
    const rules = rulesOf(
      'When the message mentions "win" and has fewer than 90 words unless it mentions "yak", answer `spam`. <!-- r1 -->',
      otherwise,
    );
    expect((await study(rules, tasks, { takesShorter: true })).bullets[0]).toBe(`- ${win}`);
    const extract = skillOf(
      "## Extract\n\n- Take the first /zz\\d+/. <!-- r1 -->\n- Take the first /n\\d+/. <!-- r2 -->\n",
    );
    const numbers: Labelled[] = Array.from({ length: 120 }, (_, at) => [`see n${at}`, `n${at}`]);
    const { edits, bullets } = await study(extract, numbers, { takesShorter: true });
    expect(bullets).toEqual(["- Take the first /n\\d+/. <!-- r2 -->"]);
    expect((await study(extract, numbers, { takesShorter: true, rejected: edits })).edits).toEqual([]);
  });
});

test("a rule of a skill that the agent could not see is not overlooked by it", async () => {
  const [spam, ham] = [
    skillOf(`# Spam\n\n## Rules\n\n- ${win}\n`, "spam"),
    skillOf(`# Ham\n\n## Rules\n\n- ${otherwise}\n`, "ham"),
  ];
  const program = [ham, spam];
  const hidden = (await rollOut([ham], tasks)).map(({ rollout, ...scored }) => ({
    ...scored,
    rollout: { ...rollout, program: programHash(program) },
  }));
  expect(measureDilution(hidden, program, createNotebook()).rate).toBe(0);
  const categoriesOf = async (rollouts: typeof hidden) =>
    new Set((await analyst.analyze(rollouts, program)).map(({ category }) => category));
  expect(await categoriesOf(hidden)).toEqual(new Set(["bad_default"]));
  const visible = Object.fromEntries(program.map(({ name, hash }) => [name, hash]));
  const shown = hidden.map((scored) => ({ ...scored, rollout: { ...scored.rollout, visible } }));
  expect(measureDilution(shown, program, createNotebook()).rate).toBeGreaterThan(0.5);
  expect(await categoriesOf(shown)).toEqual(new Set(["execution_lapse"]));
});
