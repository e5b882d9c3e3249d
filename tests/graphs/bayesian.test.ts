import { describe, expect, test } from "vitest";
import { optimize } from "../../runs/cycle/optimize.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import { show } from "../../runs/reading/show.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import { skillText } from "../../skills/minimal.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createExact } from "../../verifiers/exact.ts";
import { runAnalyzed } from "../support/analyzed-runs.ts";
import { titleOf } from "../support/model-server/analyst-brain.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

const kindOf = (expected: unknown) => ({ kind: `kind-of-${String(expected)}` });
const tasks = { ...houseSuites, train: houseSuites.train.map((task) => ({ ...task, meta: kindOf(task.expected) })) };
const own: SettingsInput = { recipe: "bayesian", context: "kind", batch: 12, replay: 24, target: null };

/** A skill whose rules take everything before others see it, and are always wrong. */
const harmful = createSkillFolder("a-harmful-one", {
  "SKILL.md": new TextEncoder().encode(
    skillText({
      name: "a-harmful-one",
      description: "Answers everything.",
      body: "## Rules\n\n- When the message mentions `the`, answer `nobody`.\n- Otherwise answer `nobody`.\n",
    }),
  ),
});

/** A part that notes what it is given. */
function noting<Part extends object>(part: Part, key: keyof Part, shown: string[]): Part {
  const inner = part[key] as (...given: unknown[]) => unknown;
  return { ...part, [key]: (...given: unknown[]) => (shown.push(JSON.stringify(given)), inner(...given)) };
}

async function run(settings: SettingsInput, program = houseProgram) {
  const store = createMemoryStore();
  const shown: string[] = [];
  const { agent, analyst, verifier } = houseParts();
  const parts = {
    verifier,
    agent: noting(agent, "answer", shown),
    analyst: noting(noting(noting(analyst, "analyze", shown), "diagnose", shown), "propose", shown),
  };
  const started = await optimize({
    ...parts,
    program,
    tasks,
    settings: { ...own, ...settings },
    run: "house",
    store,
  });
  const { score, status } = await started.result();
  return { store, score, status, shown, view: await show("house", { store }) };
}

describe("bayesian with the embedded agent and analyst", () => {
  const whole = run({ generations: 4 }, [...houseProgram, harmful]);

  test("retires the skill that harms, keeps the last one, and patches it", async () => {
    const { score, status, view } = await whole;
    expect(status).toBe("finished");
    const made = view.timeline.flatMap(({ candidate, verdict }) =>
      candidate === null ? [] : [[candidate.origin.operator, candidate.extra["belief"], verdict.accepted]],
    );
    expect(made[0]).toMatchObject(["retire_skill", { action: "retire", skill: "a-harmful-one" }, true]);
    expect(made[1]).toMatchObject([expect.any(String), { action: "patch", skill: "house", confidence: 0.75 }, true]);
    expect(view.best.map(({ name }) => name)).toEqual(["house"]);
    expect(score.validation.best!).toBeGreaterThan(score.validation.start!);
  });

  test("shows its beliefs to people, and no agent or analyst what the contexts are", async () => {
    const { store, view, shown } = await whole;
    expect(view.memories).toMatchObject([
      { title: "What is believed of the skills", rows: [expect.arrayContaining(["house", "explore"])] },
    ]);
    const page = await renderReport(await readReport("house", { store }));
    expect(page).toContain("What was learned");
    expect(page).toContain("What is believed of the skills");
    expect(shown.length).toBeGreaterThan(50);
    expect(shown.filter((text) => text.includes("kind-of"))).toEqual([]);
  });

  test("as published commits each candidate, better or not", async () => {
    const { view } = await run({ generations: 3, asPublished: true });
    const made = view.timeline.filter(({ candidate }) => candidate !== null);
    expect(made.length).toBeGreaterThan(0);
    expect(made.map(({ verdict }) => verdict.accepted)).toEqual(made.map(() => true));
    expect(new Set(made.map(({ verdict }) => verdict.reason))).toEqual(new Set(["the next version"]));
  });
});

test("bayesian with a language model patches from supported failures, and gets better", async () => {
  const settings: SettingsInput = { ...own, batch: 20, generations: 2, wave: 6 };
  const { result, events, requests } = await runAnalyzed(createMemoryStore(), { settings, verifier: createExact() });
  expect(result).toMatchObject({ status: "finished", generations: 2 });
  expect(events.filter(({ type }) => type === "candidate-made").length).toBeGreaterThan(0);
  const proposals = requests.filter((request) => titleOf(request) === "Proposal");
  expect(proposals.length).toBeGreaterThan(0);
  for (const { messages } of proposals) expect(messages.map(({ text }) => text).join()).toContain("to patch the skill");
  const { start, best } = result!.score.validation;
  expect(best!).toBeGreaterThan(start!);
});
