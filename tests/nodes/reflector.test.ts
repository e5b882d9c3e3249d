import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Analyst } from "../../analysts/analyst.ts";
import type { Epoch, Reflection } from "../../analysts/reflector.ts";
import { createGuard } from "../../nodes/guard.ts";
import { createReflector } from "../../nodes/reflector.ts";
import { trainEpochs } from "../../policies/epochs.ts";
import { applyEdits } from "../../skills/edits.ts";
import { lessonsOf } from "../../skills/lessons.ts";
import { PartError } from "../../state/errors.ts";
import type { Json } from "../../state/json.ts";
import { Edit, type Candidate, type TextEdit } from "../../state/program.ts";
import { withSeen } from "../../state/seen.ts";
import {
  addTopic,
  candidateOf,
  createListener,
  openRoom,
  settingsOf,
  skillOf,
  stateOf,
  tasksOf,
  guardNeeds,
} from "../support/nodes.ts";

const topics = ["cats", "dogs", "owls", "bees"];

interface Options {
  reflection?: Reflection;
  writes?: { lessons: boolean; guidance: boolean };
  /** Whether the epoch ended with the program that it began with. */
  isSame?: boolean;
}

/** The reflector after an epoch that began with a skill about cats and dogs and ended with one about dogs and owls. */
async function setUp({ reflection, writes = { lessons: true, guidance: true }, isSame = false }: Options = {}) {
  const room = await openRoom({ train: tasksOf("train", topics) });
  const { payload, archive, ledger, suites, executor, start } = room;
  const first = await payload.putProgram([skillOf("cats", "dogs")]);
  const parent = isSame ? first : await payload.putProgram([skillOf("dogs", "owls")]);
  const batch = [...topics.keys()];
  const request = { program: parent, suite: "train" as const, tasks: suites.train, indices: batch, samples: 1 };
  const rollouts = await archive.save(await executor.roll(request, {}));
  const seenEpochs: Epoch[] = [];
  const analyst: Pick<Analyst, "reflect"> =
    reflection === undefined
      ? {}
      : {
          async reflect(epoch) {
            seenEpochs.push(epoch);
            return reflection;
          },
        };
  const epochs = trainEpochs(writes);
  const tried = {
    generation: 2,
    edits: await payload.putJson([addTopic("cats")]),
    operators: ["add"],
    category: "cats",
  };
  const course = {
    epoch: 2,
    taken: 8,
    reflected: 0,
    first,
    last: parent,
    tried: [{ ...tried, accepted: false, reason: "no improvement", delta: 0 }],
  };
  const node = createReflector({ analyst, epochs, executor, payload, archive, ledger });
  const state = stateOf({
    suites,
    start,
    head: parent,
    parents: [parent],
    generation: 5,
    epoch: { number: 2, reflects: true },
    batch,
    rollouts,
    seen: withSeen("", topics.length, batch),
    failures: rollouts,
    memories: await payload.putJson({ [epochs.name]: course as Json }),
    settings: settingsOf({ budgetRollouts: 100 }),
  });
  return { ...room, ...createListener(), node, state, parent, seenEpochs };
}

const lessons = { skill: "guide", text: "Mind the cats." };

describe("the reflector", () => {
  test("compares the programs that the epoch began and ended with on the same tasks", async () => {
    const { node, state, runtime, seenEpochs } = await setUp({
      reflection: { lessons, guidance: "Short rules help." },
    });
    const { spent } = await node(state, runtime);
    const [epoch] = seenEpochs;
    const scores = (of: "before" | "after") => epoch![of].map(({ score }) => score?.value);
    expect([scores("before"), scores("after")]).toEqual([
      [1, 1, 0, 0],
      [0, 1, 1, 0],
    ]);
    expect(epoch!.attempts).toEqual([
      {
        generation: 2,
        edits: [addTopic("cats")],
        operators: ["add"],
        category: "cats",
        accepted: false,
        reason: "no improvement",
        delta: 0,
      },
    ]);
    expect(spent).toEqual({ rollouts: 4, tokens: 0 });
  });

  test("proposes the lessons as the only candidate, and keeps the guidance out of the skill", async () => {
    const { node, state, runtime, payload, parent } = await setUp({
      reflection: { lessons, guidance: "Short rules help." },
    });
    const update = await node(state, runtime);
    expect(update).toMatchObject({ failures: null, deficiencies: null });
    const [made, ...others] = update.candidates!;
    expect(others).toEqual([]);
    expect(made).toMatchObject({
      parents: [parent],
      origin: { operator: "slow-update", features: { improved: 1, regressed: 1, persistent: 1, stable: 1 } },
      extra: { epoch: 2 },
    });
    const [skill] = await payload.program(made!.program);
    expect(lessonsOf(skill!)).toBe("Mind the cats.");
    expect(await payload.json(update.guidance as string, z.string())).toBe("Short rules help.");
    const edits = await payload.json(made!.edits, z.array(Edit));
    expect(applyEdits(await payload.program(parent), edits)).toEqual([skill]);
  });

  test("writes nothing of what the recipe does not want", async () => {
    const { node, state, runtime } = await setUp({
      reflection: { lessons, guidance: "Notes." },
      writes: { lessons: false, guidance: false },
    });
    expect(await node(state, runtime)).toMatchObject({ candidates: [], guidance: null });
  });

  test("asks for no rollout where the epoch has not changed the program", async () => {
    const { node, state, runtime, seenEpochs } = await setUp({
      reflection: { lessons: null, guidance: null },
      isSame: true,
    });
    expect((await node(state, runtime)).spent).toEqual({ rollouts: 0, tokens: 0 });
    expect(seenEpochs[0]!.before).toEqual(seenEpochs[0]!.after);
  });

  test("compares as many tasks as the budget holds", async () => {
    const { node, state, runtime, seenEpochs } = await setUp({ reflection: { lessons: null, guidance: null } });
    const spent = { rollouts: 98, simulations: 0, tokens: 0 };
    expect((await node({ ...state, spent }, runtime)).spent).toEqual({ rollouts: 2, tokens: 0 });
    expect(seenEpochs[0]!.before).toHaveLength(2);
  });

  test("counts for an analyst that does not reflect", async () => {
    const { node, state, runtime, payload } = await setUp();
    const { candidates, guidance } = await node(state, runtime);
    const [skill] = await payload.program(candidates![0]!.program);
    expect(lessonsOf(skill!)).toContain("`label-of-train-0.` (1)");
    expect(await payload.json(guidance as string, z.string())).toContain("operator add: tried 1, kept 0");
  });

  test("refuses lessons for a skill that does not exist", async () => {
    const { node, state, runtime } = await setUp({
      reflection: { lessons: { skill: "other", text: "x" }, guidance: null },
    });
    await expect(node(state, runtime)).rejects.toThrow(PartError);
  });
});

describe("the guard over lessons", () => {
  test("lets a reflector write them, and blocks every other candidate that changes them", async () => {
    const { node, state, runtime, payload, events } = await setUp({ reflection: { lessons, guidance: null } });
    const [made] = (await node(state, runtime)).candidates as [Candidate];
    const guard = createGuard(guardNeeds(payload));
    expect((await guard({ ...state, candidates: [made] }, runtime)).findings).toEqual([]);

    const skills = await payload.program(made.program);
    const candidate = async (edit: Partial<TextEdit>): Promise<Candidate> => {
      const edited = applyEdits(skills, [{ ...addTopic("x"), ...edit }]);
      return candidateOf("edited", { parents: [made.program], program: await payload.putProgram(edited) });
    };
    const inside = await candidate({ op: "replace", anchor: "Mind the cats.", text: "Never mind." });
    const beside = await candidate({ op: "replace", anchor: "# Guide", text: "# Handbook" });
    const { findings } = await guard({ ...state, candidates: [inside, beside] }, runtime);
    expect(findings).toMatchObject([{ program: inside.program, rule: "lessons", severity: "block" }]);
    expect(events).toContainEqual(expect.objectContaining({ type: "candidate-blocked", rule: "lessons" }));
  });
});
