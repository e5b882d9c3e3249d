import { describe, expect, test } from "vitest";
import { createValidator } from "../../nodes/validator.ts";
import { strictAcceptance, type Acceptance } from "../../policies/acceptance.ts";
import { noObjectives } from "../../policies/objectives.ts";
import { growingSample, validationTasks } from "../../policies/validation-tasks.ts";
import { againstHead } from "../../policies/trial.ts";
import { withParts } from "../../policies/trials/parts.ts";
import { applyEdits } from "../../skills/edits.ts";
import { textOf } from "../../skills/folder.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { Measured } from "../../state/evidence.ts";
import type { Hash } from "../../state/json.ts";
import type { Edit } from "../../state/program.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import {
  candidateOf,
  createListener,
  createScoringExecutor,
  hashOf,
  memberWith,
  settingsOf,
  skillOf,
  stateOf,
} from "../support/nodes.ts";

/** Adds a line to the skill. */
const add = (word: string): Edit => ({
  skill: "guide",
  file: "SKILL.md",
  op: "append",
  anchor: "",
  text: `\n- ${word}\n`,
});

/** Scores of a program on eight tasks by the lines it has: each good line repairs one of the first four, the bad one breaks the others. */
function scoreOf(text: string, task: number): number {
  return (task < 4 ? text.includes(`good${task}`) : !text.includes("bad")) ? 1 : 0;
}

async function run(
  words: string[],
  parts: "halves" | "leave-one-out",
  {
    most = 4,
    acceptance = strictAcceptance,
    screens = true,
    scores = scoreOf,
    ...settings
  }: SettingsInput & {
    most?: number;
    acceptance?: Acceptance;
    screens?: boolean;
    scores?: (text: string, task: number) => number | null;
  } = {},
) {
  const payload = createPayload({ store: createMemoryStore(), family: "family" });
  const skills = [skillOf("one")];
  const start = await payload.putProgram(skills);
  const edits = words.map(add);
  const texts = new Map<Hash, string>();
  const textIn = async (program: Hash) => {
    const [skill] = await payload.program(program);
    return skill === undefined ? "" : (textOf(skill, "SKILL.md") ?? "");
  };
  const candidate = candidateOf("bundle", {
    parents: [start],
    program: await payload.putProgram(applyEdits(skills, edits)),
    edits: await payload.putJson(edits),
    origin: { operator: "merged", target: "guide", features: {} },
  });
  const put = payload.putProgram.bind(payload);
  const watched = {
    ...payload,
    async putProgram(program: Parameters<typeof put>[0]) {
      const hash = await put(program);
      texts.set(hash, await textIn(hash));
      return hash;
    },
  };
  texts.set(candidate.program, await textIn(candidate.program));
  const scoring = createScoringExecutor((program, index) => scores(texts.get(program) ?? "", index));
  const trial = withParts(againstHead(acceptance), { parts, most, acceptance, screens });
  const node = createValidator({
    trial,
    sample: growingSample,
    objectives: noObjectives,
    inspect: async () => [],
    executor: scoring.executor,
    payload: watched,
  });
  const chosen = settingsOf({ edits: 4, ...settings });
  const order = validationTasks(chosen, 8);
  const state = stateOf({
    generation: 2,
    settings: chosen,
    suites: { ...stateOf().suites, validation: { hash: hashOf("validation"), size: 8 } },
    parents: [start],
    head: start,
    archive: await payload.putJson([
      await memberWith(
        payload,
        start,
        order.map((task) => scoreOf("", task)),
      ),
    ]),
    candidates: [candidate],
  });
  const update = await node(state, createListener().runtime);
  const measured = await payload.json(update.measured as Hash, Measured.array());
  const asked = (of: Hash) =>
    scoring.requests.filter(({ program }) => program === of).map(({ indices }) => indices.toSorted((a, b) => a - b));
  return measured.map(({ candidate: { origin, program }, stages, verdict, column }) => ({
    operator: origin.operator,
    asked: asked(program),
    stages: stages.map(({ stage, counts }) => [stage, counts.asked]),
    added: words.filter((word) => texts.get(program)?.includes(word)),
    accepted: verdict.accepted,
    isWhole: column !== null,
  }));
}

describe("a rejected bundle of four edits, one of them bad", () => {
  const words = ["good0", "bad", "good2", "good3"];

  test("is split in halves, of which the good one is accepted", async () => {
    const found = await run(words, "halves");
    expect(found.map(({ operator, added, accepted }) => [operator, added, accepted])).toEqual([
      ["merged", words, false],
      ["part", ["good0", "bad"], false],
      ["part", ["good2", "good3"], true],
    ]);
    expect(found[2]?.isWhole).toBe(true);
  });

  test("is accepted without the bad one, where each edit is left out once", async () => {
    const found = await run(words, "leave-one-out");
    expect(found.filter(({ accepted }) => accepted).map(({ added }) => added)).toEqual([["good0", "good2", "good3"]]);
    expect(found).toHaveLength(5);
  });

  test("measures no more parts than are allowed", async () => {
    expect(await run(words, "leave-one-out", { most: 1 })).toHaveLength(2);
  });
});

test("a part is asked for what the whole one changed, and for the rest where it does better there", async () => {
  const [, bad, good] = await run(["good0", "bad", "good2", "good3"], "halves");
  expect(bad).toMatchObject({
    accepted: false,
    asked: [
      [0, 2, 3],
      [4, 5, 6, 7],
    ],
    stages: [["parts 1", 7]],
  });
  const stages = [
    ["parts 1", 7],
    ["validation of parts 1", 8],
  ];
  expect(good).toMatchObject({ accepted: true, asked: [[0, 2, 3], [4, 5, 6, 7], [1]] });
  expect(good?.stages.slice(0, 2)).toEqual(stages);
});

test("a part that repairs nothing is not asked for what the whole one broke", async () => {
  const found = await run(["good0", "good1", "bad", "bad too"], "halves");
  expect(found[2]).toMatchObject({ added: ["bad", "bad too"], asked: [[0, 1]], stages: [["parts 1", 2]] });
});

test("a part with missing results goes on where these could be repaired", async () => {
  const lost = (text: string, task: number) =>
    text.includes("nothing") && !text.includes("bad") && task === 2 ? null : scoreOf(text, task);
  const found = await run(["good0", "bad", "good2", "nothing"], "halves", { scores: lost });
  const part = found.find(({ added }) => added.join() === "good2,nothing");
  expect(part?.stages.map(([stage]) => stage)).toContain("validation of parts 1");
});

test("parts are asked for everything where they are not screened, also of a bundle that repaired nothing", async () => {
  const found = await run(["bad", "nothing"], "halves", { screens: false });
  expect(found.map(({ stages }) => stages.at(-1)?.[0])).toEqual([
    "validation",
    "validation of parts 1",
    "validation of parts 1",
  ]);
});

test("a bundle that repaired nothing is left whole", async () => {
  expect(await run(["bad", "nothing"], "halves")).toHaveLength(1);
  expect(await run(["nothing", "nothing else"], "halves")).toHaveLength(1);
});

test("halves that are rejected are split again, down to the single good edit", async () => {
  const found = await run(["bad", "good1", "bad too", "nothing"], "halves", { most: 6 });
  expect(found.filter(({ accepted }) => accepted).map(({ added }) => added)).toEqual([["good1"]]);
});

test("an accepted bundle, and a single edit, are not split", async () => {
  expect(await run(["good0", "good1"], "halves")).toHaveLength(1);
  expect(await run(["bad"], "halves")).toHaveLength(1);
});
