import { expect, test } from "vitest";
import { createAugmentedAgent } from "../../agents/augmented-agent.ts";
import type { TaskAgent } from "../../agents/agent.ts";
import type { Approver, Parts } from "../../graphs/parts.ts";
import { defineRecipe, type Policies } from "../../graphs/recipe.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { whenInDoubt } from "../../policies/doubt.ts";
import { balancedDrafting } from "../../policies/drafts/balanced-drafting.ts";
import { bottomUpDrafting } from "../../policies/drafts/bottom-up-drafting.ts";
import { profileDrafting } from "../../policies/drafts/profile-drafting.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { promotedByUse } from "../../policies/lifecycle/promotion.ts";
import { noTrial } from "../../policies/trial.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import { skillText } from "../../skills/minimal.ts";
import type { Edit } from "../../state/program.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { composeTasks } from "../../policies/curriculum/composition.ts";
import { createMix } from "../../verifiers/mix.ts";
import { mixtureSampling } from "../../policies/curriculum/mixture-sampling.ts";
import type { Policy } from "../../policies/policy.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { generationState } from "../../runs/reading/generation-state.ts";
import { show } from "../../runs/reading/show.ts";
import { runRecordOf } from "../../runs/run-lookup.ts";
import { openRuns } from "../../runs/session.ts";
import type { ApprovalRequest } from "../../state/approval.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { memoriesOf } from "../../stores/payload/opened.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { houseParts, houseProgram, houseSettings, houseSuites, proposingMore } from "../support/world.ts";

const kindOf = (expected: unknown) => ({ kind: `kind-of-${String(expected)}` });
const tasks = { ...houseSuites, train: houseSuites.train.map((task) => ({ ...task, meta: kindOf(task.expected) })) };

const rules = skillText({
  name: "rules",
  description: "Answers everything.",
  body: "## Rules\n\n- Otherwise answer `water`.\n",
});

interface House {
  settings?: SettingsInput;
  parts?: Partial<Parts>;
  program?: typeof houseProgram;
  approve?: Approver;
  suites?: typeof tasks;
}

/** A run of hill climbing with these policies in place of its own: what one line in a recipe of one's own does. */
async function runWith(
  policies: Partial<Policies>,
  { settings, parts, program = houseProgram, suites = tasks, approve }: House = {},
) {
  const recipe = defineRecipe({
    name: "own",
    version: 1,
    summary: "hill climbing with a part",
    settings: hillClimb.settings,
    policies: (all) => ({ ...hillClimb.policies(all), ...policies }),
  });
  const store = createMemoryStore();
  const run = await optimize({
    ...houseParts(),
    ...parts,
    recipe,
    program,
    tasks: suites,
    settings: { ...houseSettings, target: null, ...settings },
    run: "house",
    store,
    ...(approve === undefined ? {} : { approve }),
  });
  const result = await run.result();
  return { result, view: await show("house", { store }), store };
}

/** What a policy remembers after the last generation, as people see it. */
async function tableOf({ name, describe }: Policy, store: RecordStore) {
  const runs = openRuns(store);
  const record = await runRecordOf(runs, "house");
  const { timeline } = await show("house", { store });
  const found = await generationState(runs, record, timeline.length);
  if (found === undefined) throw new Error("There is no last generation.");
  const memories = await memoriesOf(found.state, createPayload({ store, family: found.owner.family }));
  return describe?.(memories[name] ?? null);
}

test("more train tasks of what fails: the losses of all categories are learned, and shown", async () => {
  const sampling = mixtureSampling({ key: "kind" });
  const { result, store } = await runWith({ sampling });
  expect(result.status).toBe("finished");
  const { rows = [] } = (await tableOf(sampling, store)) ?? {};
  expect(rows.map(([name]) => name).toSorted()).toEqual(["kind-of-doors", "kind-of-lights", "kind-of-water"]);
  expect(rows.map(([, , share]) => Number(share)).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 1);
});

test("as many drafts as have the best balance: all of them, then as many as it takes for a good one", async () => {
  const { analyst } = houseParts();
  const more = proposingMore(analyst);
  // The remark, which gains nothing, comes last.
  const propose: typeof more.propose = async (...request) => {
    const { drafts, simulations } = await more.propose(...request);
    return { drafts: [...drafts.slice(1), ...drafts.slice(0, 1)], simulations };
  };
  const drafting = balancedDrafting({ wanted: 1, every: 5 });
  const settings = { candidates: 3, generations: 2 };
  const { view } = await runWith({ drafting }, { settings, parts: { analyst: { ...more, propose } } });
  expect(view.timeline.map(({ others }) => 1 + others.length)).toEqual([3, 1]);
});

test("a person is asked only where there is doubt, with the reasons, and the rest is accepted without", async () => {
  const asked: ApprovalRequest[] = [];
  const approve: Approver = (request) => (asked.push(request), true);
  const settings = { approve: "in-doubt", generations: 4 } as const;
  const { result, view } = await runWith({ doubt: whenInDoubt({ confidence: 0.95 }) }, { settings, approve });
  expect(result.status).toBe("finished");
  const accepted = view.timeline.filter(({ verdict }) => verdict.accepted);
  const isAsked = accepted.map(({ verdict }) => verdict.reason.endsWith(", approved"));
  expect(new Set(isAsked)).toEqual(new Set([true, false]));
  expect(asked.map(({ generation }) => generation)).toEqual(
    accepted.filter((_, at) => isAsked[at] === true).map(({ generation }) => generation),
  );
  for (const { reasons } of asked) expect(reasons).toEqual([expect.stringContaining("interval of its gain")]);
});

const withSkills = withOperations(constantEdits);

test("what most failures lack gets a skill of its own", async () => {
  const drafting = profileDrafting({ context: "kind" });
  const { view } = await runWith(
    { drafting, edits: withSkills },
    { settings: { generations: 1, batch: 30, edits: 8 } },
  );
  const [made] = view.timeline;
  expect(made?.candidate?.origin.operator).toBe("create_skill");
  expect(made?.candidate?.extra["profile"]).toMatchObject({
    context: expect.stringMatching(/^kind-of-/),
    mode: "missing_rule",
  });
  expect(made?.verdict.accepted).toBe(true);
});

test("a skill that was created and is not used goes, and the others stay", async () => {
  const text = "---\nname: idle\ndescription: Nothing.\n---\n\nNothing.\n";
  const analyst: Analyst = {
    ...houseParts().analyst,
    async propose(_, skills) {
      const edits: Edit[] = [{ op: "create-file", skill: "idle", file: "SKILL.md", text }];
      const origin = { operator: "create_skill", target: "idle", features: {} };
      return { drafts: skills.some(({ name }) => name === "idle") ? [] : [{ edits, origin }], simulations: 0 };
    },
  };
  const policies = { drafting: promotedByUse({ probation: 10 }), edits: withSkills, trial: noTrial };
  const program = [houseProgram[0]!, createSkillFolder("rules", { "SKILL.md": new TextEncoder().encode(rules) })];
  const { view } = await runWith(policies, { parts: { analyst }, program, settings: { generations: 2 } });
  expect(view.timeline.map(({ candidate }) => candidate?.origin.operator)).toEqual(["create_skill", "retire_skill"]);
  expect(view.timeline[1]?.candidate?.extra["promotion"]).toEqual({ skill: "idle", uses: 0, rollouts: 10 });
  expect(view.best.map(({ name }) => name)).toEqual(["house", "rules"]);
});

test("skills are refined or created bottom-up, and each trial is remembered", async () => {
  const drafting = bottomUpDrafting();
  const settings = { generations: 6, batch: 20, edits: 4 };
  const { view, result, store } = await runWith({ drafting, edits: withSkills }, { settings });
  const actions = view.timeline.map(({ candidate }) => candidate?.extra["bottomUp"]);
  expect(result.score.validation.best!).toBeGreaterThan(result.score.validation.start!);
  expect(actions).toContainEqual({ action: "explore", skill: "house" });
  expect(actions).toContainEqual({ action: "refine", skill: "water" });
  expect(view.best.map(({ name }) => name)).toEqual(["house", "water"]);
  const { rows = [] } = (await tableOf(drafting, store)) ?? {};
  const trials = rows.reduce((sum, [, , count]) => sum + Number(count) - 1, 0);
  expect(trials).toBe(actions.filter((action) => action !== undefined).length);
});

test("questions are put by several templates, and what is learned holds for each of them", async () => {
  const { agent } = houseParts();
  const texts = ["{input}", "Please read this, and answer.\n{input}", "{input}\nWhat is it about?"];
  const augmented = createAugmentedAgent(
    agent,
    texts.map((text) => ({ text })),
  );
  const { result } = await runWith({}, { parts: { agent: augmented }, settings: { generations: 3, samples: 3 } });
  const { start, best } = result.score.validation;
  expect(best!).toBeGreaterThan(start!);
});

test("composed tasks judge skills by what needs several of them at once", async () => {
  const { agent } = houseParts();
  // Answers the questions of a composed task one by one.
  const several: TaskAgent = {
    ...agent,
    fingerprint: `${agent.fingerprint}, one by one`,
    async answer({ id, input }, skills, options) {
      const questions = [...input.matchAll(/^\d+\. (.*)$/gm)].map(([, text]) => ({ id, input: text as string }));
      if (questions.length === 0) return agent.answer({ id, input }, skills, options);
      const answers = await Promise.all(questions.map((question) => agent.answer(question, skills, options)));
      return { ...answers[0]!, text: answers.map(({ text }, at) => `${at + 1}. ${text}`).join("\n") };
    },
  };
  const kinds = houseSuites.validation.map((task) => ({ ...task, meta: kindOf(task.expected) }));
  const validation = composeTasks(kinds, { of: 3, count: 12, category: "kind" });
  const parts = { agent: several, verifier: createMix() };
  const { result } = await runWith({}, { parts, suites: { ...tasks, validation }, settings: { generations: 2 } });
  const { start, best } = result.score.validation;
  // Only the form, and with more rules more of the answers.
  expect(start).toBeCloseTo(0.5, 12);
  expect(best!).toBeGreaterThan(0.6);
});
