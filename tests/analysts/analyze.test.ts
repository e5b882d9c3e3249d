import { describe, expect, test } from "vitest";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import type { ScoredRollout } from "../../state/task.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { budgetOf, rollOut, rulesOf, skillOf, times, type Labelled } from "./rollouts.ts";

const analyst = createStatisticalAnalyst();

async function failuresOf(skill: SkillFolder, tasks: readonly Labelled[]) {
  return analyst.analyze(await rollOut([skill], tasks), [skill]);
}

async function categoriesOf(skill: SkillFolder, tasks: readonly Labelled[]) {
  return (await failuresOf(skill, tasks)).map(({ category, place }) => [category, place]);
}

function withAnswer(rollout: ScoredRollout, text: string): ScoredRollout {
  const { answer } = rollout.rollout;
  const score = { value: text === rollout.expected ? 1 : 0, objectives: {}, feedback: "" };
  return { ...rollout, score, rollout: { ...rollout.rollout, answer: answer && { ...answer, text } } };
}

describe("the analyzer names", () => {
  test("a missing rule where none held", async () => {
    expect(await categoriesOf(skillOf("# Label\n"), [["win money", "spam"]])).toEqual([["missing_rule", null]]);
  });

  test("a missing rule, not the default, where the default is right for the most", async () => {
    const skill = rulesOf("Otherwise, answer `ham`. <!-- r0 -->");
    const tasks: Labelled[] = [
      ["hello", "ham"],
      ["bye", "ham"],
      ["win", "spam"],
    ];
    expect(await categoriesOf(skill, tasks)).toEqual([["missing_rule", null]]);
  });

  test("a bad default where another label would be right for more", async () => {
    const skill = rulesOf("Otherwise, answer `spam`. <!-- r0 -->");
    const tasks: Labelled[] = [
      ["hello", "ham"],
      ["bye", "ham"],
      ["win", "spam"],
    ];
    expect(await categoriesOf(skill, tasks)).toEqual([
      ["bad_default", "r0"],
      ["bad_default", "r0"],
    ]);
  });

  test("an overbroad rule", async () => {
    const skill = rulesOf('When it mentions "free", answer `spam`. <!-- r1 -->');
    const tasks: Labelled[] = [
      ["free win", "spam"],
      ["free beer", "spam"],
      ["free tonight", "ham"],
    ];
    expect(await categoriesOf(skill, tasks)).toEqual([["overbroad_rule", "r1"]]);
  });

  test("a rule that is wrong more often than right", async () => {
    const skill = rulesOf('When it mentions "free", answer `spam`. <!-- r1 -->');
    const tasks: Labelled[] = [
      ["free win", "spam"],
      ["are you free", "ham"],
      ["free tonight", "ham"],
    ];
    expect(await categoriesOf(skill, tasks)).toEqual([
      ["conflicting_rule", "r1"],
      ["conflicting_rule", "r1"],
    ]);
  });

  test("a wrong order where a later rule was right", async () => {
    const skill = rulesOf(
      'When it mentions "a", answer `x`. <!-- r1 -->',
      'When it mentions "b", answer `y`. <!-- r2 -->',
    );
    expect(await categoriesOf(skill, [["a b", "y"]])).toEqual([["wrong_order", "r1"]]);
  });

  test("an answer that differs in form only", async () => {
    const skill = rulesOf("Otherwise, answer `Spam `. <!-- r0 -->");
    expect(await categoriesOf(skill, [["win", "spam"]])).toEqual([["format_error", "r0"]]);
  });

  test("labels that contradict each other", async () => {
    const skill = rulesOf("Otherwise, answer `ham`. <!-- r0 -->");
    expect(
      await categoriesOf(skill, [
        ["Call now", "ham"],
        ["call  now", "spam"],
      ]),
    ).toEqual([["label_noise", "r0"]]);
  });

  test("a lapse of the agent, and judges an agent without a trace by the skill", async () => {
    const skill = rulesOf("When it has a link, answer `spam`. <!-- r1 -->", "Otherwise, answer `ham`. <!-- r0 -->");
    const rollouts = await rollOut(
      [skill],
      [
        ["www.x.com", "spam"],
        ["hello", "spam"],
      ],
    );
    const silent = rollouts
      .map((each) => withAnswer(each, "ham"))
      .map((each) => ({
        ...each,
        rollout: { ...each.rollout, answer: each.rollout.answer && { ...each.rollout.answer, trace: [] } },
      }));
    const failures = await analyst.analyze(silent, [skill]);
    expect(failures.map(({ category, place }) => [category, place])).toEqual([
      ["execution_lapse", "r1"],
      ["bad_default", "r0"],
    ]);
  });

  test("what a rule that was overlooked would have got wrong, not what was followed instead", async () => {
    const skill = rulesOf(
      'When it mentions "free", answer `a`. <!-- r1 -->',
      'When it mentions "beer", answer `b`. <!-- r2 -->',
    );
    const [rollout] = await rollOut([skill], [["free beer", "c"]]);
    const followed = { ...withAnswer(rollout as ScoredRollout, "b") };
    const { answer } = followed.rollout;
    followed.rollout = {
      ...followed.rollout,
      answer: answer && { ...answer, trace: [{ event: "rule", rule: "r2", skill: "label" }] },
    };
    const [failure] = await analyst.analyze([followed], [skill]);
    expect(failure).toMatchObject({ category: "overbroad_rule", place: "r1" });
  });

  test("a step that is missing where Steps come to nothing, and a wrong one where they come to something else", async () => {
    const skill = skillOf('## Steps\n\n1. Take the text after "have". <!-- r1 -->\n2. Answer it. <!-- r2 -->\n');
    const nothing = skillOf('## Steps\n\n1. Remove "x". <!-- r1 -->\n2. Answer it. <!-- r2 -->\n');
    expect(await categoriesOf(skill, [["I have two cows", "2"]])).toEqual([["wrong_step", "r2"]]);
    expect(await categoriesOf(nothing, [["x", "2"]])).toEqual([["missing_step", "r2"]]);
  });

  test("nothing for what is right, missing or without a score", async () => {
    const skill = rulesOf("Otherwise, answer `ham`.");
    const [right, missing] = await rollOut(
      [skill],
      [
        ["hello", "ham"],
        ["win", "spam"],
      ],
    );
    const failed = { ...(missing as ScoredRollout), score: null };
    expect(await analyst.analyze([right as ScoredRollout, failed], [skill])).toEqual([]);
  });

  test("the skill with the rule where two skills share an id", async () => {
    const skills = [
      skillOf("## Rules\n- When it has a number, answer `a`. <!-- r1 -->\n", "alpha"),
      skillOf("## Rules\n- When it has a link, answer `b`. <!-- r1 -->\n", "beta"),
    ];
    const failures = await analyst.analyze(await rollOut(skills, [["www.x.com", "c"]]), skills);
    expect(failures[0]?.place).toBe("beta/r1");
    expect((await analyst.diagnose(failures, skills, []))[0]).toMatchObject({ skill: "beta", place: "beta/r1" });
  });
});

describe("the diagnostician", () => {
  test("groups by category, place and label, worst first, with a plan", async () => {
    const skill = rulesOf(
      'When it mentions "free", answer `spam`. <!-- r1 -->',
      "Otherwise, answer `ham`. <!-- r0 -->",
    );
    const tasks: Labelled[] = [
      ...Array.from({ length: 6 }, (_, at): Labelled => [`win ${at}`, "spam"]),
      ...Array.from({ length: 9 }, (_, at): Labelled => [`hi ${at}`, "ham"]),
      ["free win", "spam"],
      ["free tonight", "ham"],
    ];
    const deficiencies = await analyst.diagnose(await failuresOf(skill, tasks), [skill], []);
    expect(deficiencies).toMatchObject([
      { skill: "label", file: "SKILL.md", place: null, defect: "missing", category: "missing_rule", severity: "high" },
      { place: "r1", defect: "insufficient", category: "overbroad_rule", severity: "medium", tasks: ["t16"] },
    ]);
    expect(deficiencies.map(({ extra }) => [extra["dimension"], extra["issue"]])).toEqual([
      ["knowledge", "missing"],
      ["knowledge", "misapplied"],
    ]);
    expect(deficiencies[0]?.tasks).toHaveLength(6);
    expect(deficiencies[0]?.plan).toContain("`spam`");
    expect(deficiencies[1]?.plan).toContain("r1");
  });

  test("ranks what no edit can cure low, and the proposer leaves it alone", async () => {
    const skill = rulesOf("Otherwise, answer `ham`. <!-- r0 -->");
    const rollouts = await rollOut(
      [skill],
      [
        ["call now", "ham"],
        ["call now", "spam"],
        ["call now", "spam"],
      ],
    );
    const deficiencies = await analyst.diagnose(await analyst.analyze(rollouts, [skill]), [skill], rollouts);
    expect(deficiencies).toMatchObject([{ category: "label_noise", severity: "low" }]);
    const budget = budgetOf();
    expect(await analyst.propose(deficiencies, [skill], rollouts, budget)).toEqual({ drafts: [], simulations: 0 });
  });

  test("names the rules that change no answer of the replay, once there is enough of it", async () => {
    const skill = rulesOf(
      'When it mentions "win", answer `spam`. <!-- r1 -->',
      'When it has a number and mentions "win" or "prize", answer `spam`. <!-- r2 -->',
      'When it mentions "hello", answer `ham`. <!-- r3 -->',
      "Otherwise, answer `ham`. <!-- r0 -->",
    );
    const replay = await rollOut([skill], [...times(60, "win", "spam"), ...times(60, "hello", "ham")]);
    expect(await analyst.diagnose([], [skill], replay)).toMatchObject([
      { skill: "label", place: "r2", category: "redundant_rule", severity: "low", tasks: [] },
      { skill: "label", place: "r3", category: "redundant_rule", plan: expect.stringContaining("120 tasks") },
    ]);
    expect(await analyst.diagnose([], [skill], replay.slice(0, 99))).toEqual([]);
  });

  test("counts as label noise what contradicts an earlier batch, and no edit is made for it", async () => {
    const skill = rulesOf("Otherwise, answer `ham`. <!-- r0 -->");
    const replay = await rollOut(
      [skill],
      times(8, "call now", "ham").flatMap(([input]): Labelled[] => [
        [input, "ham"],
        [input, "spam"],
      ]),
    );
    const failures = await analyst.analyze(replay.slice(1, 2), [skill]);
    expect(failures).toMatchObject([{ category: "bad_default" }]);
    const deficiencies = await analyst.diagnose(failures, [skill], replay);
    expect(deficiencies).toMatchObject([{ category: "label_noise", severity: "low", tasks: ["t1"] }]);
    const curable = { ...deficiencies[0]!, category: "missing_rule", tasks: ["t1"] };
    expect((await analyst.propose([curable], [skill], replay, budgetOf())).drafts).toEqual([]);
  });

  test("finds nothing where nothing failed", async () => {
    expect(await analyst.diagnose([], [rulesOf()], [])).toEqual([]);
  });
});
