import { describe, expect, test } from "vitest";
import { effiskill } from "../../graphs/recipes/effiskill.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { openRun } from "../../runs/reading/open-run.ts";
import { show } from "../../runs/reading/show.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import { operatorsOf } from "../../state/program.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createExact } from "../../verifiers/exact.ts";
import { textOfRequest } from "../analysts/language-model/setup.ts";
import { runAnalyzed } from "../support/analyzed-runs.ts";
import { titleOf } from "../support/model-server/analyst-brain.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../support/world.ts";

async function run(settings: SettingsInput) {
  const store = createMemoryStore();
  const started = await optimize({
    ...houseParts(),
    program: houseProgram,
    tasks: houseSuites,
    settings: { ...houseSettings, recipe: "effiskill", target: null, ...settings },
    run: "house",
    store,
  });
  const { score } = await started.result();
  return { store, score, view: await show("house", { store }) };
}

describe("effiskill with the embedded agent and analyst", () => {
  const whole = run({ generations: 4 });

  test("begins with an open draft, and then makes drafts by the operators that it has mined", async () => {
    const { view, score } = await whole;
    const made = view.timeline.map(({ candidate, others }) =>
      [candidate, ...others.map((other) => other.candidate)].flatMap((one) => (one === null ? [] : [one.origin])),
    );
    expect(made[0]!.map(({ features }) => features["plan"])).toEqual([0]);
    const later = made.slice(1).flat();
    expect(later.some(({ features }) => features["plan"] !== 0)).toBe(true);
    const known = new Set(made[0]!.flatMap(operatorsOf));
    const [second] = made;
    for (const origin of second!) expect(operatorsOf(origin).every((name) => known.has(name))).toBe(true);
    // An open draft has none of the operators of a plan beside it.
    for (const origins of made.slice(1)) {
      const open = origins.find(({ features }) => features["plan"] === 0);
      const planned = new Set(origins.filter((origin) => origin !== open).flatMap(operatorsOf));
      if (open !== undefined && planned.size > 0)
        expect(operatorsOf(open).filter((name) => planned.has(name))).toEqual([]);
    }
    expect(later.filter(({ features }) => features["plan"] === 0).length).toBeGreaterThan(0);
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
