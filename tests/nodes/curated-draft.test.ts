import { describe, expect, test } from "vitest";
import type { Analyst, CurationRequest } from "../../analysts/analyst.ts";
import { draftCurated } from "../../nodes/drafting/curated-draft.ts";
import type { DraftWork } from "../../nodes/drafting/work.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import type { CuratorCall } from "../../state/curation.ts";
import type { Draft } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";

const library = [minimalSkill("mail", "Sorts mail."), minimalSkill("bills", "Pays bills.")];
const deficiency = { skill: "mail", file: "SKILL.md", tasks: ["t1"] } as unknown as Deficiency;
const rolloutOf = (task: string, text: string): ScoredRollout => ({
  rollout: {
    program: "",
    visible: {},
    suite: "train",
    task,
    sample: 0,
    answer: { text, used: [], trace: [], cost: { inputTokens: 0, outputTokens: 0, usd: 0 } },
    status: "answered",
  },
  question: { id: task, input: "Where does this letter go?" },
  expected: null,
  score: null,
});

const callOf = (tool: CuratorCall["tool"], name: string): CuratorCall => {
  return { tool, name, newName: null, description: "About it.", body: "Do it." };
};

async function draft(
  proposer: Partial<Analyst>,
  { judges = true, deficiencies = [deficiency] }: { judges?: boolean; deficiencies?: Deficiency[] } = {},
) {
  const parts: string[] = [];
  const work = {
    skills: library,
    budget: { edits: 3 },
    batch: [{ task: "t1", score: 0 }],
    evidence: { deficiencies, replay: [rolloutOf("t0", "Elsewhere."), rolloutOf("t1", "Home.")] },
    proposer,
    study: (part: string, make: () => Promise<unknown>) => (parts.push(part), make()),
  } as unknown as DraftWork;
  const { drafts, curated } = await draftCurated({ kind: "curated", judges }, work);
  return { drafts, curated, parts };
}

describe("a draft of a curator", () => {
  test("is made of its valid calls, after the rollouts of the batch alone, and judged by what was written", async () => {
    const requests: CurationRequest[] = [];
    const judged: string[][] = [];
    const { drafts, curated, parts } = await draft({
      curate: async (request) => {
        requests.push(request);
        return [callOf("insert", "lamps"), callOf("delete", "nobody"), callOf("delete", "bills")];
      },
      judgeContent: async (skills) => (judged.push(skills.map(({ name }) => name)), 0.7),
    });
    expect(requests[0]!.rollouts.map(({ rollout }) => rollout.task)).toEqual(["t1"]);
    expect(drafts[0]!.edits.map(({ op, skill }) => [op, skill])).toEqual([
      ["delete-skill", "bills"],
      ["create-file", "lamps"],
    ]);
    expect(drafts[0]!.origin).toMatchObject({
      operator: "curate",
      target: "lamps, bills",
      features: { operators: ["insert_skill", "delete_skill"], calls: 3, valid: 2 },
    });
    expect(curated.calls.map(({ problem }) => problem?.slice(0, 26) ?? null)).toEqual([
      null,
      'There is no skill "nobody"',
      null,
    ]);
    expect([judged, curated.content, parts]).toEqual([[["lamps"]], 0.7, ["optimizer", "optimizer/content"]]);
    // The question, 6 tokens and a mark, and the answer.
    expect(curated.read).toBeGreaterThan(7);
    expect(curated.read).toBeLessThan(12);
  });

  test("is none where no call is valid, or no reply came; the calls are kept", async () => {
    const failed = await draft({ curate: async () => [callOf("delete", "")], judgeContent: async () => 1 });
    expect([failed.drafts, failed.parts]).toEqual([[], ["optimizer"]]);
    expect(failed.curated).toMatchObject({
      calls: [{ problem: expect.stringContaining("names no skill") }],
      content: null,
    });
    const missing = await draft({ curate: async () => null });
    expect([missing.drafts, missing.curated.calls]).toEqual([[], []]);
  });

  test("refuses what are no calls, saying what is wrong with them", async () => {
    const curate = async () => [{ tool: "insert", name: 7 }] as never;
    await expect(draft({ curate })).rejects.toThrow(/A curator returned what are no calls[^]*name/);
  });

  test("is not judged where nothing was written, nobody can, or it does not count", async () => {
    const curate = async () => [callOf("insert", "lamps")];
    const judgeContent = async () => 1;
    const contents = await Promise.all([
      draft({ curate: async () => [callOf("delete", "bills")], judgeContent }),
      draft({ curate }),
      draft({ curate, judgeContent }, { judges: false }),
      draft({ curate, judgeContent: async () => null }),
    ]);
    expect(contents.map(({ curated }) => curated.content)).toEqual([null, null, null, null]);
  });

  test("is the first of an analyst that proposes edits, with a call for each skill that it is about", async () => {
    const origin = { operator: "add", target: "mail", features: {} };
    const edits: Draft["edits"] = [
      { op: "append", skill: "mail", file: "SKILL.md", anchor: "", text: "Be kind.\n" },
      { op: "append", skill: "mail", file: "SKILL.md", anchor: "", text: "Be brief.\n" },
      { op: "rename-skill", skill: "bills", to: "taxes" },
      { op: "create-file", skill: "lamps", file: "SKILL.md", text: "---\nname: lamps\ndescription: x\n---\n" },
    ];
    const propose = async () => ({
      drafts: [
        { edits, origin },
        { edits: [], origin },
      ],
      simulations: 3,
    });
    const { drafts, curated } = await draft({ propose });
    expect(drafts).toEqual([{ edits, origin }]);
    expect(curated.calls.map(({ call, problem }) => [call.tool, call.name, call.newName, problem])).toEqual([
      ["update", "mail", null, null],
      ["update", "bills", "taxes", null],
      ["insert", "lamps", null, null],
    ]);
    const wrong: Draft["edits"] = [{ op: "delete-skill", skill: "nobody" }];
    const refused = await draft({ propose: async () => ({ drafts: [{ edits: wrong, origin }], simulations: 0 }) });
    expect(refused.curated.calls).toMatchObject([
      { call: { tool: "delete" }, problem: expect.stringContaining("nobody") },
    ]);
    const garbage = await draft({ propose: async () => ({ drafts: [{ nonsense: 1 } as never], simulations: 0 }) });
    expect([garbage.drafts.length, garbage.curated.calls]).toEqual([1, []]);
    expect((await draft({ propose }, { deficiencies: [] })).drafts).toEqual([]);
  });
});
