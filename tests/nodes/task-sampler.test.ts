import { expect, test } from "vitest";
import { createTaskSampler } from "../../nodes/task-sampler.ts";
import { trainEpochs } from "../../policies/epochs.ts";
import type { Sampling } from "../../policies/sampling.ts";
import type { Task } from "../../state/task.ts";
import { createBlankPayload, createListener, hashOf, openRoom, settingsOf, stateOf } from "../support/nodes.ts";

const payload = createBlankPayload();
const inputs: unknown[] = [];
const sampling: Sampling = {
  name: "test.sampling",
  version: 1,
  decide(input, memory) {
    inputs.push([input, memory]);
    return [4, 2];
  },
};

test("opens the next generation with the batch the policy draws, and says so", async () => {
  const { runtime, events } = createListener();
  const settings = settingsOf({ seed: 3 });
  const suites = { ...stateOf().suites, train: { hash: hashOf("train"), size: 9 } };
  const memories = await payload.putJson({ "test.sampling": { taken: 5 } });
  const state = stateOf({ generation: 6, suites, settings, memories });
  expect(await createTaskSampler({ sampling, payload })(state, runtime)).toEqual({
    generation: 7,
    epoch: null,
    episode: null,
    batch: [4, 2],
  });
  expect(inputs).toEqual([[{ size: 9, generation: 7, settings, episode: null }, { taken: 5 }]]);
  expect(events).toEqual([{ type: "generation-start", generation: 7, tasks: 2, samples: 1 }]);
});

test("at the end of an epoch draws the train tasks that it is looked back on with", async () => {
  const { runtime } = createListener();
  const epochs = trainEpochs({ lessons: true, guidance: true });
  const suites = { ...stateOf().suites, train: { hash: hashOf("train"), size: 9 } };
  const course = { epoch: 2, taken: 18, reflected: 0, first: null, last: null, tried: [] };
  const at = async (taken: number) =>
    createTaskSampler({ sampling, epochs, payload })(
      stateOf({ generation: 6, suites, memories: await payload.putJson({ [epochs.name]: { ...course, taken } }) }),
      runtime,
    );
  const update = await at(18);
  expect(update).toMatchObject({ generation: 7, epoch: { number: 2, reflects: true } });
  expect((update.batch as number[]).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await at(17)).toEqual({ episode: null, generation: 7, epoch: { number: 2, reflects: false }, batch: [4, 2] });
});

test("gives a policy that draws by category the category of each train task, and nothing else of its meta", async () => {
  const { runtime } = createListener();
  const room = await openRoom();
  const task = (id: string, meta?: Task["meta"]): Task => ({ id, input: id, ...(meta === undefined ? {} : { meta }) });
  const list = [
    task("a", { kind: "water", secret: "meta-of-a" }),
    task("b", { kind: 2 }),
    task("c", { kind: ["water"] }),
    task("d"),
    task("e", { toString: "x" }),
  ];
  const suites = { ...stateOf().suites, train: { hash: await room.payload.putJson(list), size: 5 } };
  const given: unknown[] = [];
  const byKind = (category: string): Sampling => ({
    ...sampling,
    category,
    decide({ categories }) {
      given.push(categories);
      return [0];
    },
  });
  await createTaskSampler({ sampling: byKind("kind"), payload: room.payload })(stateOf({ suites }), runtime);
  await createTaskSampler({ sampling: byKind("valueOf"), payload: room.payload })(stateOf({ suites }), runtime);
  expect(given).toEqual([
    ["water", "2", "", "", ""],
    ["", "", "", "", ""],
  ]);
});
