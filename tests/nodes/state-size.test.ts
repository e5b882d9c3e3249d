import { expect, test } from "vitest";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { compileLoop } from "../../graphs/compile.ts";
import { createLoop } from "../../graphs/loop.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { recipes } from "../../graphs/recipes/all.ts";
import { meansOf } from "../../nodes/trial/columns.ts";
import { mostMembers } from "../../policies/archive.ts";
import { createLocalPool } from "../../rollouts/executor.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import { createSkillFolder } from "../../skills/folder.ts";
import { mainObjective, newMember, type Column } from "../../state/archive.ts";
import { initialState } from "../../state/channels.ts";
import { createDraw } from "../../state/draw.ts";
import { parseSettings } from "../../state/settings.ts";
import type { Task } from "../../state/task.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createLeases } from "../../stores/lease/lease.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { createRolloutArchive } from "../../stores/payload/rollout-archive.ts";
import { createRegistry } from "../../stores/registry.ts";
import { createSaver } from "../../stores/saver/saver.ts";
import type { Verifier } from "../../verifiers/verifier.ts";

const objectives = [mainObjective, "brevity", "cost", "steps"];
const suiteSize = 200;
const topics = Array.from({ length: 25 }, (_, index) => `subject${index}`);

/** Tasks that a skill can learn, and some that it cannot. */
function tasksIn(suite: string): Task[] {
  return Array.from({ length: suiteSize }, (_, index) => {
    const topic = topics[index % topics.length] as string;
    const expected = index % 5 === 0 ? `odd-${index}` : topic;
    return { id: `${suite}-${index}`, input: `my ${topic} is broken again`, expected };
  });
}

const verifier: Verifier = {
  fingerprint: "four objectives@1",
  score: ({ text }, { expected }) => ({
    value: text === expected ? 1 : 0,
    objectives: { brevity: 0.123456789, cost: 0.987654321, steps: 0.555555555 },
    feedback: "",
  }),
};

const skillWith = (remark: string) => {
  const text = `---\nname: guide\ndescription: Sorts messages.\n---\n\n# Guide\n\n${remark}\n`;
  return createSkillFolder("guide", { "SKILL.md": new TextEncoder().encode(text) });
};

const statistical = createStatisticalAnalyst();
/** Proposes something in every generation. */
const analyst: Analyst = {
  ...statistical,
  async propose(deficiencies, skills, replay, budget) {
    const { drafts, simulations } = await statistical.propose(deficiencies, skills, replay, budget);
    const edit = { skill: "guide", file: "SKILL.md", op: "append" as const, anchor: "" };
    const remark = {
      edits: [{ ...edit, text: `Remark ${budget.draw(0)}.\n` }],
      origin: { operator: "remark", target: "guide", features: {} },
    };
    return { drafts: [...drafts, remark], simulations };
  },
};

const cases = [
  ...recipes.map((recipe) => ({ recipe, name: recipe.name, candidates: undefined, most: 4_000 })),
  // As many as there can be are named in the state, each twice: in the write and in the checkpoint.
  { recipe: hillClimb, name: "hill-climb with 16 candidates", candidates: 16, most: 12_500 },
];

test.each(cases)(
  "a superstep of $name stores less than $most bytes with 64 members, 200 tasks and 4 objectives",
  async ({ recipe, candidates, most }) => {
    const store = createMemoryStore();
    const payload = createPayload({ store, family: "t" });
    const ledger = createLedger({ store, family: "t", run: "t" });
    const archive = createRolloutArchive({ payload, ledger });
    const executor = createLocalPool({ agent: createProcedureAgent(), verifier, ledger, payload, concurrency: 8 });
    const chosen = candidates === undefined ? {} : { candidates };
    const settings = parseSettings({ generations: 4, target: null, batch: 40, ...chosen }, recipe);
    const policies = recipe.policies(settings);

    const drawAt = createDraw(1, 0, "scores");
    const inUse = validationTasks(settings, suiteSize).length;
    const columnOf = (member: number): Column =>
      Object.fromEntries(
        objectives.map((objective, at) => [
          objective,
          Array.from({ length: inUse }, (_, task) => drawAt(member * 1000 + at * suiteSize + task) / 4),
        ]),
      );
    const members = await Promise.all(
      Array.from({ length: mostMembers }, async (_, member) => {
        const [column, program] = [columnOf(member), await payload.putProgram([skillWith(`Remark ${member}.`)])];
        const own = policies.objectives.of(await payload.program(program));
        return { ...newMember(program), column: await payload.putJson(column), means: { ...meansOf(column), ...own } };
      }),
    );
    const start = members[0]!.program;
    const refOf = async (list: Task[]) => ({ hash: await payload.putJson(list), size: list.length });
    const [train, validation, none] = [
      await refOf(tasksIn("train")),
      await refOf(tasksIn("validation")),
      await refOf([]),
    ];

    const registry = createRegistry(store);
    const leases = createLeases({ store, registry });
    const saver = createSaver({ store, registry, leases });
    const needs = { analyst, policies, executor, verifier: {} };
    const graph = compileLoop(createLoop({ ...needs, payload, archive, ledger }), { checkpointer: saver });
    const suites = { train, validation, sealed: none, test: none };
    const input = { ...initialState({ settings, suites, start }), archive: await payload.putJson(members) };
    const config = { configurable: { thread_id: "t" } };
    await graph.invoke(input, config);
    const sizes = await superstepsIn(store);
    expect(new Set(sizes.map(([node]) => node)).size).toBeGreaterThan(9);
    expect(sizes.filter(([, bytes]) => bytes >= most)).toEqual([]);
  },
);

/** The nodes that ran, and the bytes of state that each stored: its writes and the checkpoint after it. */
async function superstepsIn(store: RecordStore): Promise<Array<[node: string, bytes: number]>> {
  const records = await store.list("{t}/thread/t", {});
  const sizeOf = (own: typeof records) =>
    own.reduce((sum, { key, value }) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return records
    .filter(({ key }) => key.startsWith("checkpoint//"))
    .flatMap((checkpoint) => {
      const { id, parent } = JSON.parse(checkpoint.value) as { id: string; parent?: string };
      const writes = records.filter(({ key }) => key.startsWith(`writes//${parent}/`));
      const node = /pull, ([a-z-]+)/.exec(writes[0]?.value ?? "")?.[1];
      const index = records.filter(({ key }) => key === `checkpoint-id//${id}`);
      return node === undefined ? [] : [[node, sizeOf([checkpoint, ...index, ...writes])]];
    });
}
