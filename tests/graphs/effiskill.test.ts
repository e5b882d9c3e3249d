import { describe, expect, test } from "vitest";
import { effiskill } from "../../graphs/recipes/effiskill.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import type { GivenPair } from "../../policies/composition/given.ts";
import { openRun } from "../../runs/reading/open-run.ts";
import { readRunPairs } from "../../runs/reading/pairs.ts";
import { show } from "../../runs/reading/show.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import { operatorsOf, type Edit } from "../../state/program.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createExact } from "../../verifiers/exact.ts";
import { textOfRequest } from "../analysts/language-model/setup.ts";
import { runAnalyzed } from "../support/analyzed-runs.ts";
import { titleOf } from "../support/model-server/analyst-brain.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../support/world.ts";

async function run(settings: SettingsInput, pairs?: readonly GivenPair[], store = createMemoryStore()) {
  const started = await optimize({
    ...houseParts(),
    program: houseProgram,
    tasks: houseSuites,
    pairs,
    settings: { ...houseSettings, recipe: "effiskill", target: null, ...settings },
    run: "house",
    store,
  });
  const { score, digest } = await started.result();
  return { store, score, digest, view: await show("house", { store }) };
}

/** The operators and the plan of each candidate, by generation. */
const madeIn = (timeline: Awaited<ReturnType<typeof show>>["timeline"]) =>
  timeline.map(({ candidate, others }) =>
    [candidate, ...others.map((other) => other.candidate)].flatMap((one) =>
      one === null ? [] : [{ operators: operatorsOf(one.origin), plan: one.origin.features["plan"] }],
    ),
  );

describe("effiskill with the embedded agent and analyst", () => {
  const whole = run({ generations: 4 });

  test("begins with an open draft, and then makes drafts by the operators that it has mined", async () => {
    const { view, score } = await whole;
    const made = madeIn(view.timeline);
    const [first, ...later] = made;
    expect(first!.map(({ plan }) => plan)).toEqual([0]);
    expect(later.flat().some(({ plan }) => plan !== 0)).toBe(true);
    for (const drafts of made) {
      const [open, planned] = [drafts.filter(({ plan }) => plan === 0), drafts.filter(({ plan }) => plan !== 0)];
      const names = new Set(planned.flatMap(({ operators }) => operators));
      // An open draft has none of the operators of a plan beside it.
      expect(open.flatMap(({ operators }) => operators).filter((name) => names.has(name))).toEqual([]);
    }
    expect(later.flat().some(({ plan }) => plan === 0)).toBe(true);
    expect(score.validation.best!).toBeGreaterThan(score.validation.start!);
  });

  test("shows what it has mined", async () => {
    const { view, store } = await whole;
    const [table] = view.memories;
    expect(table!.title).toBe("Operator skills");
    expect(table!.rows.some(([, , card, worked]) => card === "use" && Number(worked) > 0)).toBe(true);
    expect(await renderReport(await readReport("house", { store }))).toContain("Operator skills");
  });

  test("makes all candidates of a generation before any of them is measured", async () => {
    const { store, view } = await whole;
    const opened = await openRun("house", { store });
    const several = view.timeline.filter(({ others }) => others.length > 0);
    expect(several.length).toBeGreaterThan(0);
    for (const { generation, parents } of several) {
      const { candidates } = await opened.state(generation);
      expect(candidates.map(({ parents: own }) => own)).toEqual(candidates.map(() => parents));
    }
  });
});

describe("effiskill with pairs that are given", () => {
  const about = { category: "no rule for these messages", defect: "missing" } as const;
  const edit: Edit = { skill: "house", file: "SKILL.md", op: "append", anchor: "", text: "- Be kind." };
  const given: GivenPair[] = [{ edits: [edit], about, worked: true, gain: 0.1 }];

  test("makes its first draft by an operator of theirs, and is the same run when it is begun again", async () => {
    const { view, store, digest } = await run({ generations: 1, explore: 0 }, given);
    const [first] = madeIn(view.timeline);
    expect(first!.map(({ plan }) => plan)).toContain(1);
    // What adds a text for the statistical analyst.
    const { operators } = first!.find(({ plan }) => plan === 1)!;
    expect(operators.filter((name) => !name.startsWith("add_"))).toEqual([]);
    expect(view.memories[0]!.rows).toContainEqual([
      "add_text",
      "no rule for these messages (missing)",
      "use",
      1,
      0,
      "0.100",
    ]);
    expect((await run({ generations: 1, explore: 0 }, given, store)).digest).toBe(digest);
    await expect(run({ generations: 1, explore: 0 }, undefined, store)).rejects.toThrow(
      /already exists with different pairs/,
    );
  });

  test("takes those of a run of another recipe", async () => {
    const { store } = await run({ recipe: "hill-climb", generations: 2 });
    const lines = [];
    for await (const line of readRunPairs("house", { store })) lines.push(line);
    expect(lines.length).toBeGreaterThan(0);
    const pairs = lines.map(({ about: category, defect, ...rest }) => ({ ...rest, about: { category, defect } }));
    const [first] = madeIn((await run({ generations: 1 }, pairs)).view.timeline);
    expect(first!.some(({ plan }) => plan === 1)).toBe(true);
  });

  test("refuses none at all, and other recipes refuse any", async () => {
    await expect(run({}, [])).rejects.toThrow(/There are no pairs\. Give at least one/);
    await expect(run({ recipe: "hill-climb" }, given)).rejects.toThrow(/"hill-climb" mines no pairs\. Leave out/);
  });
});

test("effiskill as published commits the candidate of the first plan, whatever its score is", async () => {
  const { view } = await run({ generations: 2, asPublished: true });
  const made = view.timeline.filter(({ candidate }) => candidate !== null);
  expect(made.length).toBe(2);
  expect(made.map(({ verdict }) => verdict.accepted)).toEqual([true, true]);
  expect(made.map(({ candidate }) => candidate!.origin.features["plan"])).toEqual([0, 1]);
});

test("effiskill with a language model shows it the cards of the operators that are to be used", async () => {
  const store = createMemoryStore();
  const settings: SettingsInput = { recipe: "effiskill", batch: 8, edits: 3, generations: 3, wave: 6 };
  const { result, requests } = await runAnalyzed(store, { settings, verifier: createExact() });
  expect(result).toMatchObject({ status: "finished" });
  const asked = requests.filter((request) => titleOf(request) === "Create or edit").map(textOfRequest);
  const planned = asked.filter((text) => text.includes("Make the edits by these operators:"));
  expect(planned.length).toBeGreaterThan(0);
  for (const text of planned) expect(text).toContain("## When not to use");
  expect(asked.length).toBeGreaterThan(planned.length);
});

test("effiskill refuses fewer candidates than drafts", () => {
  const policiesOf = (settings: SettingsInput) => effiskill.policies(parseSettings({ ...settings }, effiskill));
  expect(policiesOf({}).drafting.name).toBe("drafting.composed 2, open 0.5");
  expect(() => policiesOf({ plans: 3 })).toThrow(/Set candidates to 3 or more/);
  expect(() => policiesOf({ candidates: 1 })).toThrow(/Set candidates to 2 or more/);
});
