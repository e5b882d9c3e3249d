import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import type { Purpose } from "../../policies/drafting.ts";
import { applyEdits } from "../../skills/edits.ts";
import { createSkillFolder, textOf, type SkillFolder } from "../../skills/folder.ts";
import { unpublishable } from "../../skills/limits.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import type { Edit, EditScope } from "../../state/program.ts";
import { budgetOf, rollOut, times, type Labelled } from "./rollouts.ts";

const analyst = createStatisticalAnalyst();
const ruled = (name: string, ...bullets: string[]): SkillFolder => {
  const text = `${textOf(minimalSkill(name, "Sorts."))}\n## Rules\n\n${bullets.map((bullet) => `- ${bullet}\n`).join("")}`;
  return createSkillFolder(name, { "SKILL.md": new TextEncoder().encode(text) });
};

const otherwise = "Otherwise, answer `other`. <!-- r0 -->";
const start = ruled("house", otherwise);
const others = times(9, "hello there", "other");

async function propose(
  skills: readonly SkillFolder[],
  labelled: readonly Labelled[],
  { scope = "program" as EditScope, edits = 4, rejected = [] as readonly Edit[] } = {},
) {
  const tasks = [...labelled, ...others];
  const replay = await rollOut(skills, tasks, createProcedureAgent());
  const deficiencies = await analyst.diagnose(await analyst.analyze(replay, skills), skills, replay);
  const { drafts } = await analyst.propose(deficiencies, skills, replay, { ...budgetOf(edits, rejected), scope });
  const after = drafts[0] === undefined ? skills : applyEdits(skills, drafts[0].edits);
  const answered = await rollOut(after, tasks, createProcedureAgent());
  return { draft: drafts[0], after, wrong: answered.filter(({ score }) => score?.value !== 1).length };
}

const lamps = times(6, "the lamp is broken", "lights");
const taps = times(4, "the tap drips", "water");

describe("the statistical analyst with a program to change", () => {
  test("creates a skill for the answer that most failures want and no skill gives", async () => {
    const { draft, after, wrong } = await propose([start], [...lamps, ...taps]);
    expect(draft?.origin).toMatchObject({ operator: "create_skill", target: "lights" });
    expect(after.map(({ name }) => name)).toEqual(["house", "lights"]);
    expect(textOf(after[1]!)).toMatch(/## Rules\n\n- When the message mentions .*, answer `lights`\./);
    expect(textOf(after[0]!)).toContain("`water`");
    expect(after.flatMap(unpublishable)).toEqual([]);
    expect(wrong).toBe(0);
  });

  test("creates none where it edits texts only, and where a skill gives the answer already", async () => {
    const files = await propose([start], [...lamps, ...taps], { scope: "files" });
    expect(files.draft!.edits.map(({ op }) => op)).toEqual(["insert-before"]);
    const known = ruled("house", 'When the message mentions "bulb", answer `lights`. <!-- r1 -->', otherwise);
    const { after, wrong } = await propose([known], lamps);
    expect([after.length, wrong]).toEqual([1, 0]);
  });

  test("adds to the skill that it created", async () => {
    const first = await propose([start], lamps);
    const more = times(6, "my bulb burst", "lights");
    const { draft, after, wrong } = await propose(first.after, [...lamps, ...more]);
    expect(new Set(draft!.edits.map(({ skill }) => skill)).size).toBe(1);
    expect([after.length, wrong]).toEqual([first.after.length, 0]);
  });

  test("keeps a rule where it is if it would do harm in the order that skills are read in", async () => {
    // A rule of a skill read first takes these messages, so the new one has to stand before it.
    const greedy = ruled("aaa", 'When the message mentions "the", answer `other`. <!-- r1 -->', otherwise);
    const { after, wrong } = await propose([greedy], [...lamps, ...times(6, "the end", "other")]);
    expect([after.length, wrong]).toEqual([1, 0]);
  });

  test("names a skill so that it can be one, and no other has the name", async () => {
    const taken = ruled("lights", 'When the message mentions "dim", answer `dark`. <!-- r1 -->', otherwise);
    expect((await propose([taken], lamps)).draft?.origin.target).toBe("lights-2");
    const foreign = await propose([start], times(6, "the lamp is broken", "Світло <1>"));
    expect(foreign.draft?.origin.target).toMatch(/^[a-z0-9-]+$/);
    expect(foreign.after.flatMap(unpublishable)).toEqual([]);
  });

  test("does not create again what was turned down", async () => {
    const first = await propose([start], lamps);
    const again = await propose([start], lamps, { rejected: first.draft!.edits });
    expect(again.draft?.edits ?? []).not.toContainEqual(first.draft!.edits[0]);
  });
});

describe("the statistical analyst with a purpose", () => {
  const two = ruled(
    "house",
    'When the message mentions "lamp", answer `lights`. <!-- r1 -->',
    'When the message mentions "tap", answer `water`. <!-- r2 -->',
    'When the message mentions "bulb", answer `lights`. <!-- r3 -->',
    otherwise,
  );
  const labelled = [...lamps, ...taps, ...times(2, "a bulb", "lights"), ...others];
  const groups = [
    [0, 6],
    [6, 10],
    [10, 12],
    [12, 21],
  ].map(([from = 0, to = 0]) => Array.from({ length: to - from }, (_, index) => `t${from + index}`));
  const askFor = async (purpose: Purpose, skills: readonly SkillFolder[] = [two], rejected: readonly Edit[] = []) => {
    const replay = await rollOut(skills, labelled, createProcedureAgent());
    const { drafts } = await analyst.propose([], skills, replay, {
      ...budgetOf(4, rejected),
      scope: "program",
      purpose,
    });
    const after = drafts[0] === undefined ? skills : applyEdits(skills, drafts[0].edits);
    const answered = await rollOut(after, labelled, createProcedureAgent());
    return { drafts, after, wrong: answered.filter(({ score }) => score?.value !== 1).length };
  };
  const split = { action: "split", skill: "house" } as const;

  test("splits: rules that tasks of one group alone reach become a skill, and nothing is answered otherwise", async () => {
    const [lampTasks, tapTasks, bulbTasks, rest] = groups as [string[], string[], string[], string[]];
    const { drafts, after, wrong } = await askFor({ ...split, groups: [[...lampTasks, ...bulbTasks], tapTasks, rest] });
    expect(drafts[0]!.origin).toMatchObject({
      operator: "split_skill",
      target: "house",
      features: { created: "lights" },
    });
    expect(after.map(({ name }) => name)).toEqual(["house", "lights"]);
    expect(textOf(after[1]!)).toMatch(/"lamp", answer `lights`.*\n.*"bulb", answer `lights`/);
    expect(textOf(after[0]!)).not.toContain("lights");
    expect([after.flatMap(unpublishable), wrong]).toEqual([[], 0]);
    const again = await askFor(
      { ...split, groups: [[...lampTasks, ...bulbTasks], tapTasks, rest] },
      [two],
      drafts[0]!.edits,
    );
    expect(again.drafts).toEqual([]);
  });

  test("splits nothing where a rule serves several groups, or the skill would be left without a rule", async () => {
    const mixed = [
      ["t0", "t6", "t10"],
      ["t1", "t7", "t11"],
    ];
    expect((await askFor({ ...split, groups: mixed })).drafts).toEqual([]);
    expect((await askFor({ ...split, groups: [groups.flat()] })).drafts).toEqual([]);
  });

  test("creates: new rules become a skill, also for answers that another skill gives; without any, there is no draft", async () => {
    const lacking = ruled("house", 'When the message mentions "lamp", answer `lights`. <!-- r1 -->', otherwise);
    const more = [...lamps, ...times(6, "a candle", "lights"), ...others];
    const replay = await rollOut([lacking], more, createProcedureAgent());
    const create = { action: "create", skill: "house", tasks: [] } as const;
    const draftsOf = async (failed: boolean) => {
      const failures = await analyst.analyze(failed ? replay : [], [lacking]);
      const deficiencies = await analyst.diagnose(failures, [lacking], replay);
      const budget = { ...budgetOf(4), scope: "program" as const, purpose: create, takesShorter: true };
      return (await analyst.propose(deficiencies, [lacking], replay, budget)).drafts;
    };
    const [draft] = await draftsOf(true);
    expect(draft!.origin.operator).toBe("create_skill");
    const after = applyEdits([lacking], draft!.edits);
    expect([after.map(({ name }) => name), after.flatMap(unpublishable)]).toEqual([["house", "lights"], []]);
    expect(await draftsOf(false)).toEqual([]);
  });

  test("compresses: rules that no task needs go, whatever else could be said", async () => {
    const { drafts, after, wrong } = await askFor({ action: "compress", skill: "house" }, [
      ruled(
        "house",
        'When the message mentions "lamp", answer `lights`. <!-- r1 -->',
        ...["tap", "bulb", "owl"].map(
          (word, index) =>
            `When the message mentions "${word}", answer \`${word === "tap" ? "water" : "lights"}\`. <!-- r${index + 2} -->`,
        ),
        otherwise,
      ),
    ]);
    expect(drafts).toHaveLength(1);
    expect(textOf(after[0]!)).not.toContain("owl");
    expect(wrong).toBe(0);
  });
});
