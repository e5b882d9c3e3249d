import { describe, expect, test } from "vitest";
import { skillos } from "../../graphs/recipes/skillos.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { episodeText } from "../../runs/episodes.ts";
import { readRollouts } from "../../runs/reading/rollouts.ts";
import { openRun } from "../../runs/reading/open-run.ts";
import { readRevisions, type RevisionLine } from "../../runs/reading/revisions.ts";
import { show } from "../../runs/reading/show.ts";
import { renderReport } from "../../runs/report/page.ts";
import { readReport } from "../../runs/report/report.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import type { Task } from "../../state/task.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createExact } from "../../verifiers/exact.ts";
import { runAnalyzed } from "../support/analyzed-runs.ts";
import { titleOf } from "../support/model-server/analyst-brain.ts";
import { textOfRequest } from "../analysts/language-model/setup.ts";
import { houseParts, houseProgram, houseSuites } from "../support/world.ts";

const kindOf = (expected: unknown) => ({ kind: `kind-of-${String(expected)}` });
const tasks = { ...houseSuites, train: houseSuites.train.map((task) => ({ ...task, meta: kindOf(task.expected) })) };
const own: SettingsInput = { recipe: "skillos", category: "kind", batch: 2, group: 6, target: null };

async function linesOf(store: RecordStore): Promise<RevisionLine[]> {
  const lines = [];
  for await (const line of readRevisions("house", { store })) lines.push(line);
  return lines;
}

async function run(settings: SettingsInput, train = tasks.train) {
  const store = createMemoryStore();
  /** Ids of tasks that the analyst was shown, in the order of its work. */
  const shown: string[][] = [];
  const { analyst, ...parts } = houseParts();
  const propose: typeof analyst.propose = (...request) => {
    shown.push([...new Set(request[2].map(({ rollout }) => rollout.task))]);
    expect(JSON.stringify(request)).not.toContain("kind-of");
    return analyst.propose(...request);
  };
  const started = await optimize({
    ...parts,
    analyst: { ...analyst, propose },
    program: houseProgram,
    tasks: { ...tasks, train },
    settings: { ...own, ...settings },
    run: "house",
    store,
  });
  const { score, status } = await started.result();
  return { store, score, status, shown, view: await show("house", { store }) };
}

/** What a proposer was shown has no task that judges what it proposes. */
function expectUnread(timeline: readonly GenerationRecord[], shown: readonly string[][], train: readonly Task[]) {
  const judging = timeline
    .filter(({ deficiencies }) => deficiencies.length > 0)
    .map(({ episode }) => episode!.later.map((task) => train[task]!.id));
  expect(shown).toHaveLength(judging.length);
  expect(shown.length).toBeGreaterThan(0);
  for (const [place, read] of shown.entries()) {
    expect(read.length).toBeGreaterThan(0);
    expect(judging[place]!.filter((id) => read.includes(id))).toEqual([]);
  }
}

describe("skillos with the embedded agent and analyst", () => {
  const whole = run({ generations: 6 });

  test("works along streams of one kind, and gets better by skills that it inserts", async () => {
    const { view, score, status } = await whole;
    expect(status).toBe("finished");
    expect(view.timeline.map(({ episode }) => [episode!.number, episode!.step])).toEqual(
      [1, 2].flatMap((number) => [1, 2, 3].map((step) => [number, step])),
    );
    expect(view.timeline.map(({ candidate }) => candidate?.origin.operator)).toContain("create_skill");
    expect(view.best.map(({ name }) => name)).toEqual(["house", "lights"]);
    expect(score.validation.best!).toBeGreaterThan(score.validation.start!);
  });

  test("judges an edit by later tasks of its stream, beside its parent, of which its curator sees nothing", async () => {
    const { store, view, shown } = await whole;
    const judged = view.timeline.filter(({ episode }) => episode!.revision !== null);
    expect(judged.length).toBeGreaterThan(1);
    const opened = await openRun("house", { store });
    for (const { generation, episode } of judged) {
      const [measured] = await opened.measured(await opened.state(generation));
      const { columns, against } = await opened.stage(measured!.stages[0]!);
      expect([measured!.stages[0]!.stage, against, columns.task]).toEqual(["later", "parents", episode!.later]);
    }
    expectUnread(view.timeline, shown, tasks.train);
    expect(judged.some(({ episode }) => episode!.revision!.after! > episode!.revision!.before!)).toBe(true);
  });

  test("replays no rollout of a task that is to judge, although an earlier stream had it", async () => {
    const few = tasks.train.slice(0, 6);
    const settings: SettingsInput = { category: "none", batch: 3, replay: 12, edits: 1, acceptance: "strict" };
    const { view, shown } = await run({ ...settings, generations: 4 }, few);
    expect(view.timeline.map(({ episode }) => episode!.number)).toEqual([1, 1, 2, 2]);
    expect(view.timeline[2]!.deficiencies.length).toBeGreaterThan(0);
    expectUnread(view.timeline, shown, few);
  });

  test("shows rewards in their parts: by edit, by stream, in the report and to trainers", async () => {
    const { store, view } = await whole;
    const texts = view.timeline.map(episodeText);
    expect(texts.join("\n")).toMatch(/episode 2\.1, reward \.000 -> \.\d+, 1 of 1 call valid, curator \d\.\d{3}/);
    expect(texts[5]).toMatch(
      /stream \d\.\d{3} \(later tasks .+, valid calls 1\.00, compression .+\), over: the last tasks/,
    );
    expect(view.memories).toMatchObject([
      {
        title: "Rewards of the curator by stream",
        rows: [
          [1, 3],
          [2, 3],
        ].map((row) => expect.arrayContaining(row)),
      },
    ]);
    const page = await renderReport(await readReport("house", { store }));
    expect(page).toContain("Rewards of the curator by stream");
    const lines = await linesOf(store);
    const last = view.timeline[5]!.episode!.curation!.stream;
    expect(lines.filter(({ episode }) => episode === 2).map(({ curation }) => curation!.stream)).toContainEqual(last);
    for (const { curation, rewards, context, revision } of lines) {
      expect(curation!.calls).toMatchObject([{ problem: null }]);
      expect(revision.edits.length).toBeGreaterThan(0);
      const judging = rewards.map(({ task }) => task);
      expect(context.rollouts.filter(({ task }) => judging.includes(task))).toEqual([]);
    }
  });

  test("exports every rollout that it asked for, those of parents on later tasks included", async () => {
    const { store, view } = await whole;
    const lines = [];
    for await (const line of readRollouts("house", { store })) lines.push(line);
    expect(lines.filter(({ suite }) => suite !== "test")).toHaveLength(view.timeline.at(-1)!.spent.rollouts);
    expect(lines.filter(({ status }) => status === "missing")).toEqual([]);
  });

  test("as published commits every edit, and rewards streams alone", async () => {
    const { view, store } = await run({ generations: 3, asPublished: true });
    const made = view.timeline.filter(({ candidate }) => candidate !== null);
    expect(made.length).toBeGreaterThan(0);
    expect(made.map(({ verdict }) => verdict.accepted)).toEqual(made.map(() => true));
    expect(view.timeline.map(({ episode }) => episode!.revision)).toEqual([null, null, null]);
    const { stream } = view.timeline[2]!.episode!.curation!;
    expect(stream!.task).toBe((view.timeline[1]!.batch.score! + view.timeline[2]!.batch.score!) / 2);
    const lines = await linesOf(store);
    expect(lines.map(({ generation }) => generation)).toEqual(made.map(({ generation }) => generation));
    for (const { curation, rewards } of lines) expect([curation!.stream, rewards]).toEqual([stream, []]);
    expect(lines.map(({ advantage }) => advantage)).toEqual(lines.map(() => null));
  });
});

test("skillos with a language model inserts and updates skills that later tasks retrieve, and gets better", async () => {
  const settings: SettingsInput = { ...own, category: "none", batch: 8, group: 16, edits: 3, generations: 4, wave: 6 };
  const store = createMemoryStore();
  const { result, events, requests } = await runAnalyzed(store, { settings, verifier: createExact() });
  expect(result).toMatchObject({ status: "finished", generations: 4 });
  const asked = requests.filter((request) => titleOf(request) === "Curation").map(textOfRequest);
  expect(asked).toHaveLength(4);
  expect(asked[1]).toMatch(/revision 1 of this episode: .+; reward 0\.\d+ -> 0\.\d+; (not )?kept/);
  expect(requests.filter((request) => titleOf(request) === "Proposal")).toEqual([]);
  expect(events.filter(({ type }) => type === "candidate-made").length).toBeGreaterThan(1);
  const { start, best } = result!.score.validation;
  expect(best!).toBeGreaterThan(start!);
  const lines = await linesOf(store);
  expect(lines[0]!.curation).toMatchObject({ reward: { content: 0.9, calls: 1 } });
  expect(lines[0]!.curation!.calls[0]!.call).toMatchObject({
    tool: "insert",
    body: expect.stringContaining("## Rules"),
  });
});

test("skillos retrieves five skills by default, has a control, and refuses several candidates", () => {
  const policiesOf = (settings: SettingsInput) => skillos.policies(parseSettings({ ...settings }, skillos));
  expect(policiesOf({}).visibility!.name).toBe("visibility.retrieved 5");
  expect(policiesOf({ visibility: "shuffled" }).visibility!.name).toBe("visibility.shuffled 5");
  expect(policiesOf({}).drafting.name).not.toBe(policiesOf({ contentWeight: 0 }).drafting.name);
  expect(() => policiesOf({ candidates: 2 })).toThrow(/Set candidates to 1/);
});
