import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createLanguageModelAnalyst } from "../../analysts/language-model/language-model-analyst.ts";
import type { Parts } from "../../graphs/parts.ts";
import { skillR1 } from "../../graphs/recipes/skill-r1.ts";
import { branch } from "../../runs/cycle/branch.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { exportRun } from "../../runs/keeping/export.ts";
import { openRun } from "../../runs/reading/open-run.ts";
import { programAt } from "../../runs/reading/program-at.ts";
import { recipeViews } from "../../runs/reading/recipes.ts";
import { readRevisions, type RevisionLine } from "../../runs/reading/revisions.ts";
import { show } from "../../runs/reading/show.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import { openRuns } from "../../runs/session.ts";
import { revisionOf } from "../../policies/episodes/revision.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { openStore } from "../../stores/open.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { buryOwner } from "../support/durability/crashes.ts";
import { createMortalStore } from "../support/durability/mortal-store.ts";
import { analystBrain, titleOf } from "../support/model-server/analyst-brain.ts";
import { BrainModel, journaled } from "../support/model-server/brain-model.ts";
import { temporaryFolder } from "../support/stores.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

/** An agent that overlooks a rule now and then, so that samples of a task differ. */
const parts = houseParts(createProcedureAgent({ slip: { base: 0.1, freeWords: 1000, slope: 0 } }));
const shared: SettingsInput = {
  recipe: "skill-r1",
  generations: 4,
  length: 2,
  samples: 3,
  batch: 8,
  edits: 2,
  wave: 6,
  skipEqual: false,
};
const instance: SettingsInput = { ...shared, mode: "instance", generations: 7, length: 3, cluster: 2 };

/** Runs the recipe to its end, or to the death of its store. */
async function run(store: RecordStore, settings: SettingsInput, more: Partial<Parts> = {}) {
  const from = { ...parts, ...more, program: houseProgram, tasks: houseSuites, settings, run: "r", store };
  try {
    return await (await optimize(from)).result();
  } catch (error) {
    if (error instanceof Error && error.message.includes("The store died")) return undefined;
    throw error;
  }
}

async function linesOf(store: RecordStore): Promise<RevisionLine[]> {
  const lines: RevisionLine[] = [];
  for await (const line of readRevisions("r", { store })) lines.push(line);
  return lines;
}

interface Generator {
  weights: Record<string, number>;
  trained: number;
}

async function generatorIn(store: RecordStore, name = "r"): Promise<Generator> {
  const opened = await openRun(name, { store });
  const memories = await opened.memories(await opened.state());
  await opened.close();
  return memories["drafting.generator"] as unknown as Generator;
}

describe("skill-r1 for all tasks", () => {
  const store = createMemoryStore();
  const whole = run(store, shared);

  test("revises one skill in episodes, and is gated on validation tasks", async () => {
    const result = await whole;
    expect(result).toMatchObject({ status: "finished", generations: 4, episodes: null });
    const { start, best } = result!.score.validation;
    expect(best).toBeGreaterThan(start!);
    const { timeline } = await show("r", { store });
    expect(timeline.every(({ episode }) => episode?.tuned === false && episode.tasks.length === 0)).toBe(true);
    expect(timeline.filter(({ episode }) => episode!.end !== null).length).toBeGreaterThan(1);
    const candidate = timeline.find((record) => record.candidate !== null)!.candidate!;
    expect(candidate.extra).toMatchObject({ choice: { chosen: expect.any(Number) as number } });
  });

  test("trains its generator at the end of episodes", async () => {
    await whole;
    const { weights, trained } = await generatorIn(store);
    expect(trained).toBeGreaterThan(0);
    expect(Object.keys(weights).some((name) => name.startsWith("operator "))).toBe(true);
    const frozen = createMemoryStore();
    await run(frozen, { ...shared, generations: 2, generator: "frozen" });
    const opened = await openRun("r", { store: frozen });
    const memories = await opened.memories(await opened.state());
    expect(memories["drafting.generator frozen"]).toMatchObject({ weights: { order: 3 } });
    await opened.close();
  });

  test("exports what each revision was made from, and what it was worth", async () => {
    await whole;
    const lines = await linesOf(store);
    const { timeline } = await show("r", { store });
    expect(lines.map(({ generation }) => generation)).toEqual(
      timeline.filter(({ episode }) => episode!.revision !== null).map(({ generation }) => generation),
    );
    for (const line of lines) {
      const { context, revision, rewards, advantage } = line;
      expect(context.skills["house"]?.["SKILL.md"]).not.toBe(revision.skills["house"]?.["SKILL.md"]);
      expect(context.rollouts).toHaveLength(8 * 3);
      expect(rewards).toHaveLength(8);
      const { inter, better, worse } = revisionOf(rewards, { lambda: 0.5 });
      expect(advantage!.inter).toBe(inter);
      expect(advantage!.total).toBeCloseTo(better + worse, 9);
      expect(JSON.stringify(line)).not.toContain("meta-of");
    }
  });
});

describe("skill-r1 for single tasks", () => {
  const store = createMemoryStore();
  const whole = run(store, instance);

  test("tunes a skill in each episode, and returns the program that it started from", async () => {
    const result = await whole;
    const { timeline } = await show("r", { store });
    const { head, parents } = timeline.at(-1)!;
    const start = timeline[0]!.parents[0]!;
    expect(result).toMatchObject({ skill: { hash: start }, score: { validation: { start: null, best: null } } });
    expect(head).toBe(start);
    for (const { episode, batch, parents: from, headScore, evidence } of timeline) {
      expect(episode).toMatchObject({ tuned: true });
      expect(episode!.tasks).toHaveLength(2);
      if (episode!.step === 1) expect(from).toEqual([start]);
      expect([batch.tasks, headScore]).toEqual([2, null]);
      expect(evidence?.planned ?? 2).toBe(2);
    }
    expect(parents).toHaveLength(1);
    // Nothing but train tasks was rolled out: the batch, and the candidate on the same tasks.
    const measured = timeline.filter(({ episode }) => episode!.revision !== null).length;
    expect(result!.rollouts).toBe((timeline.length + measured) * 2 * 3);
  });

  test("says that its scores are of the tasks that the skills were tuned on", async () => {
    const result = await whole;
    const { episodes } = result!;
    expect(episodes).toMatchObject({ note: expect.stringContaining("not held-out") as string });
    expect(episodes!.best).toBeGreaterThan(episodes!.start!);
    expect(episodes!.list.every(({ tasks }) => tasks.every((task) => task.startsWith("train-")))).toBe(true);
    const page = await renderReport(await readReport("r", { store }));
    expect(page).toContain("Instance-tuned.");
    expect(page).toContain("not\n      held-out scores");
    const [first] = episodes!.list;
    expect((await programAt(openRuns(store), "r", first!.generations)).hash).toBe(first!.program);
  });

  test("keeps the best program of each episode", async () => {
    const result = await whole;
    const opened = await openRun("r", { store });
    const members = await opened.archive(await opened.state());
    await opened.close();
    const { list } = result!.episodes!;
    const improved = list.map(({ program }) => program).filter((program) => program !== result!.skill.hash);
    expect(members.map(({ program }) => program)).toEqual([result!.skill.hash, ...new Set(improved)]);
  });

  test("keeps each revision of a chain as published, and does not end it early", async () => {
    const published = createMemoryStore();
    const result = await run(published, { ...shared, generations: 6, length: 3, cluster: 2, asPublished: true });
    const { timeline } = await show("r", { store: published });
    expect(result?.episodes?.list.map(({ generations, end }) => [generations, end])).toEqual([
      [3, "length"],
      [3, "length"],
    ]);
    const tried = timeline.filter(({ episode }) => episode!.revision !== null);
    expect(tried.every(({ verdict }) => verdict.accepted && verdict.reason === "next in its chain")).toBe(true);
    for (const [index, { episode, parents, candidate }] of timeline.entries()) {
      const next = timeline[index + 1];
      if (candidate !== null && next?.episode?.number === episode!.number)
        expect([next.parents, parents]).toEqual([[candidate.program], parents]);
    }
  });

  test("ends when every train task had its turn", async () => {
    const few = { ...houseSuites, train: houseSuites.train.slice(0, 4) };
    const from = { ...parts, program: houseProgram, tasks: few, run: "r", store: createMemoryStore() };
    const result = await (await optimize({ ...from, settings: { ...instance, generations: 40 } })).result();
    expect(result).toMatchObject({ status: "finished", reason: "episodes" });
    expect(result.episodes!.list).toHaveLength(2);
  });
});

// The mode for all tasks is killed and resumed in the durability suite.
describe("skill-r1 for single tasks, interrupted", () => {
  const settings = { ...instance, generations: 5 };
  const store = createMortalStore(createMemoryStore());
  const whole = run(store, settings).then((result) => ({
    result: result!,
    digest: result!.digest,
    commits: store.commits,
  }));

  test("killed anywhere resumes to the same digest", async () => {
    const { digest, commits } = await whole;
    const deaths = Array.from({ length: 3 }, (_, index) => Math.floor(((index + 0.5) / 3) * commits) + 1);
    for (const atCommit of deaths) {
      const killed = createMemoryStore();
      const when = atCommit % 2 === 0 ? ("before" as const) : ("after" as const);
      expect(await run(createMortalStore(killed, { atCommit, when }), settings)).toBeUndefined();
      await buryOwner(killed, "r");
      const resumed = await openRuns(killed).registry.find("r");
      const result =
        resumed === undefined
          ? await run(killed, settings)
          : await (await resume("r", { ...parts, store: killed })).result();
      expect([atCommit, result?.digest]).toEqual([atCommit, digest]);
    }
  });

  test("is the same on SQLite, and copied from there", async () => {
    const folder = temporaryFolder();
    const sqlite = await openStore(`file:${folder.path}/store.db`);
    const { digest } = await whole;
    expect((await run(sqlite, settings))?.digest).toBe(digest);
    const copied = await exportRun("r", { store: sqlite, to: createMemoryStore() });
    expect(copied.digest).toBe(digest);
    await sqlite.close();
    folder.remove();
  });

  test("asks a person before a revision is kept, and goes on from the one before where it is not", async () => {
    const asked = createMemoryStore();
    const result = await run(asked, { ...settings, approve: "always" }, { approve: () => false });
    const { timeline } = await show("r", { store: asked });
    expect(result?.status).toBe("finished");
    expect(timeline.some(({ verdict }) => verdict.reason === "turned down by a person")).toBe(true);
    expect(new Set(timeline.flatMap(({ parents }) => parents)).size).toBe(1);
  });

  test("branches in the middle of an episode", async () => {
    const { result } = await whole;
    await branch("r", { ...parts, at: 2, as: "b", settings: {}, store });
    const same = await (await resume("b", { ...parts, store })).result();
    expect(same.episodes?.list).toEqual(result.episodes?.list);
    expect(same.score.validation).toEqual(result.score.validation);
    await branch("r", { ...parts, at: 2, as: "c", settings: { recipe: "hill-climb", samples: 1 }, store });
    const other = await (await resume("c", { ...parts, store })).result();
    expect(other).toMatchObject({ status: "finished", episodes: null, samples: null });
  });
});

test("skill-r1 goes on under a smaller rate where its weights became no number", async () => {
  const store = createMemoryStore();
  const wild = { ...shared, rate: 1e10 };
  await expect(run(store, wild)).rejects.toThrow(/Take a smaller rate/);
  const before = await show("r", { store });
  const resumed = await (await resume("r", { ...parts, store, settings: { rate: 1 } })).result();
  expect(resumed).toMatchObject({ status: "finished", generations: 4 });
  expect((await show("r", { store })).timeline.slice(0, before.timeline.length)).toEqual(before.timeline);
  expect(resumed.digest).not.toBe(before.result.digest);
});

test("skill-r1 works with a language model as the analyst, which is told what was tried in the episode", async () => {
  const chat = new BrainModel(analystBrain);
  const analyst = createLanguageModelAnalyst({
    model: journaled(chat),
    proposals: 2,
    failures: 2,
    dimensions: ["knowledge"],
  });
  const store = createMemoryStore();
  const result = await run(store, { ...instance, generations: 4 }, { analyst });
  expect(result?.status).toBe("finished");
  const proposals = chat.requests
    .filter((request) => titleOf(request) === "Proposal")
    .map((one) => JSON.stringify(one));
  expect(proposals.length).toBeGreaterThan(0);
  expect(proposals.some((text) => text.includes("revision 1 of this episode"))).toBe(true);
  expect((await linesOf(store)).length).toBeGreaterThan(0);
});

test("skill-r1 is described, and refuses several candidates", () => {
  const [view] = recipeViews({ name: "skill-r1" });
  expect(view).toMatchObject({ source: "Skill-R1, arXiv 2605.09359", cost: { batch: 32, start: 400 } });
  expect(view!.settings).toMatchObject({ samples: { default: 4 }, length: { default: 4 }, lambda: { default: 0.5 } });
  const policiesOf = (of: SettingsInput) => skillR1.policies(parseSettings({ ...of }, skillR1));
  expect(() => policiesOf({ candidates: 2 })).toThrow(SettingsError);
  expect(() => policiesOf({ length: 9 })).toThrow('"length" cannot be 9');
  expect(() => policiesOf({ mode: "shared", asPublished: true })).toThrow("as published it must be instance");
  expect(policiesOf({ asPublished: true }).episodes?.pinned).toBe(1);
  expect(policiesOf({}).episodes?.pinned).toBeNull();
  expect(policiesOf({ mode: "instance" }).episodes?.pinned).toBe(1);
});
