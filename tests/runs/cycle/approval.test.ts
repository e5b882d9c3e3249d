import { Command, MemorySaver } from "@langchain/langgraph";
import { afterAll, describe, expect, test } from "vitest";
import { createLoop } from "../../../graphs/loop.ts";
import { hillClimb } from "../../../graphs/recipes/hill-climb.ts";
import type { Approver } from "../../../graphs/parts.ts";
import { listRuns } from "../../../runs/reading/list.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { show } from "../../../runs/reading/show.ts";
import type { ApprovalRequest } from "../../../state/approval.ts";
import { initialState, type RunState } from "../../../state/channels.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { buryOwner, houseRun } from "../../support/durability/crashes.ts";
import { createMortalStore } from "../../support/durability/mortal-store.ts";
import { listingAnalyst, openRoom, settingsOf, tasksOf } from "../../support/nodes.ts";
import { temporaryFolder } from "../../support/stores.ts";
import {
  createWitnessedAgent,
  executionsIn,
  houseParts,
  houseProgram,
  houseSettings,
  houseSuites,
} from "../../support/world.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** The house run, with every accepted candidate put before a person. */
function houseOn(store: RecordStore, approve?: Approver) {
  return {
    ...houseParts(),
    program: houseProgram,
    tasks: houseSuites,
    settings: { ...houseSettings, approve: "always" as const },
    run: houseRun,
    store,
    ...(approve === undefined ? {} : { approve }),
  };
}

/** Says yes to odd generations and no to even ones. */
const oddOnly: Approver = ({ generation }) => generation % 2 === 1 || { accept: false, because: "even" };

describe("a run under the setting approve", () => {
  test("asks with diff, evidence and verdict before a candidate is accepted, and goes by the answer", async () => {
    const store = createMemoryStore();
    const asked: ApprovalRequest[] = [];
    const run = await optimize(houseOn(store, (request, options) => (asked.push(request), oddOnly(request, options))));
    const { status } = await run.result();
    expect(status).toBe("finished");
    expect(asked.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(asked[0]).toMatchObject({ verdict: { accepted: true, reason: "improved" }, evidence: { asked: 24 } });
    expect(asked[0]?.diff).toContain("+## Rules");
    const { timeline } = await show(houseRun, { store });
    expect(timeline.map(({ verdict }) => [verdict.accepted, verdict.reason])).toEqual([
      [true, "improved, approved"],
      [false, "turned down by a person: even"],
      [true, "improved, approved"],
    ]);
    // What was turned down leaves the head as it was.
    expect(timeline[1]?.head).toBe(timeline[0]?.head);
    expect(timeline[2]?.parents).toEqual([timeline[0]?.head]);
  });

  test("waits where nobody answers, says so, and is asked again by a resume", async () => {
    const store = createMemoryStore();
    const run = await optimize(houseOn(store));
    const events = [];
    for await (const event of run.events()) events.push(event);
    expect(events.at(-1)).toEqual({
      type: "run-end",
      status: "waiting",
      reason: "Accept the candidate of generation 1?",
    });
    expect(await run.result()).toMatchObject({ status: "waiting", asked: { generation: 1 } });
    expect(await listRuns({ store })).toMatchObject([{ result: { status: "waiting" } }]);
    const still = await (await resume(houseRun, { ...houseParts(), store })).result();
    expect(still).toMatchObject({ status: "waiting", asked: { generation: 1 } });
    const end = await (await resume(houseRun, { ...houseParts(), store, approve: () => true })).result();
    expect(end).toMatchObject({ status: "finished", asked: null, generations: 3 });
  });

  test("comes to the same end whether it is answered at once or over several sessions", async () => {
    const whole = await (await optimize(houseOn(createMemoryStore(), oddOnly))).result();
    const store = createMemoryStore();
    await (await optimize(houseOn(store))).result();
    for (let answers = 0; ; answers += 1) {
      expect(answers).toBeLessThan(9);
      let isFirst = true;
      const once: Approver = (request, options) =>
        isFirst ? ((isFirst = false), oddOnly(request, options)) : undefined;
      const result = await (await resume(houseRun, { ...houseParts(), store, approve: once })).result();
      if (result.status === "waiting") continue;
      expect(result).toMatchObject({ status: "finished", digest: whole.digest });
      break;
    }
  });

  test("is not asked under the setting's default", async () => {
    const store = createMemoryStore();
    const never: Approver = () => {
      throw new Error("asked");
    };
    const run = await optimize({ ...houseOn(store, never), settings: houseSettings });
    expect(await run.result()).toMatchObject({ status: "finished" });
  });

  test("is paused while it asks: the question stays open", async () => {
    const store = createMemoryStore();
    const run = await optimize(
      houseOn(
        store,
        (_, { signal }) =>
          new Promise((resolve) => {
            signal.addEventListener("abort", () => resolve(undefined));
            run.pause();
          }),
      ),
    );
    expect(await run.result()).toMatchObject({ status: "waiting", asked: { generation: 1 } });
  });
});

describe("a store that dies around a question", () => {
  test("leaves a run that comes to the same end and pays nothing twice", async () => {
    const whole = await (await optimize(houseOn(createMemoryStore(), oddOnly))).result();
    const wholeWitness = `${folder.path}/whole`;
    const counted = createMortalStore(createMemoryStore());
    await (await optimize({ ...houseOn(counted, oddOnly), agent: createWitnessedAgent(wholeWitness) })).result();
    const executions = new Set(executionsIn(wholeWitness)).size;
    for (let atCommit = 8; atCommit < counted.commits; atCommit += 17) {
      const store = createMemoryStore();
      const witness = `${folder.path}/${atCommit}`;
      const agent = createWitnessedAgent(witness);
      const mortal = createMortalStore(store, { atCommit, when: atCommit % 2 === 0 ? "before" : "after" });
      const died = async () => (await optimize({ ...houseOn(mortal, oddOnly), agent, concurrency: 1 })).result();
      await expect(died()).rejects.toThrow("The store died");
      await buryOwner(store);
      const result = await (await optimize({ ...houseOn(store, oddOnly), agent, concurrency: 1 })).result();
      expect(result).toMatchObject({ status: "finished", digest: whole.digest });
      // One call may have been in flight when the store died.
      expect(executionsIn(witness).length - executions).toBeLessThanOrEqual(1);
    }
  });

  test.each([
    ["before", [1, 1, 2, 3]],
    ["after", [1, 2, 3]],
  ] as const)("asks again only where it dies %s the answer is stored", async (when, expected) => {
    const store = createMemoryStore();
    const asked: number[] = [];
    // The commit after the question is the one that stores the answer.
    let atAnswer = Infinity;
    const counted = createMortalStore(createMemoryStore());
    const noting: Approver = () => ((atAnswer = Math.min(atAnswer, counted.commits + 1)), true);
    await (await optimize({ ...houseOn(counted, noting), concurrency: 1 })).result();
    const mortal = createMortalStore(store, { atCommit: atAnswer, when });
    const approve: Approver = ({ generation }) => (asked.push(generation), true);
    const died = async () => (await optimize({ ...houseOn(mortal, approve), concurrency: 1 })).result();
    await expect(died()).rejects.toThrow("The store died");
    await buryOwner(store);
    const result = await (await optimize({ ...houseOn(store, approve), concurrency: 1 })).result();
    expect(result.status).toBe("finished");
    expect(asked).toEqual(expected);
  });
});

describe("the question in the hands of a plain LangGraph user", () => {
  async function setUp() {
    const topics = ["cats", "dogs"];
    const room = await openRoom({ train: tasksOf("train", topics), validation: tasksOf("validation", topics) });
    const settings = settingsOf({ edits: 1, target: 1, approve: "always", acceptance: "no-worse" });
    const graph = createLoop({ analyst: listingAnalyst, policies: hillClimb.policies(settings), ...room }).compile({
      checkpointer: new MemorySaver(),
    });
    const config = { configurable: { thread_id: "mine" }, recursionLimit: 100 };
    await graph.invoke(initialState({ settings, suites: room.suites, start: room.start }), config);
    return { graph, config };
  }

  test("is an interrupt of the accept gate in getState, with the schema of the answer, and resumes with a Command", async () => {
    const { graph, config } = await setUp();
    const { next, tasks } = await graph.getState(config);
    expect(next).toEqual(["accept-gate"]);
    expect(tasks[0]?.interrupts[0]).toMatchObject({
      value: { generation: 1, verdict: { accepted: true } },
      response_schema: expect.anything(),
    });
    await graph.invoke(new Command({ resume: false }), config);
    const turnedDown = (await graph.getState(config)).values as RunState;
    expect(turnedDown.verdict).toMatchObject({ accepted: false, reason: "turned down by a person" });
  });

  test("refuses what is no answer and can be answered again", async () => {
    const { graph, config } = await setUp();
    await expect(graph.invoke(new Command({ resume: "perhaps" }), config)).rejects.toThrow("Invalid input");
    await graph.invoke(new Command({ resume: { accept: true, because: "it is shorter" } }), config);
    const { verdict } = (await graph.getState(config)).values as RunState;
    expect(verdict?.reason).toBe("improved, approved: it is shorter");
  });
});
