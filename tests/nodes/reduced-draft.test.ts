import { describe, expect, test } from "vitest";
import type { Reducer } from "../../analysts/analyst.ts";
import { draftReduced } from "../../nodes/drafting/reduced-draft.ts";
import type { DraftWork } from "../../nodes/drafting/work.ts";
import { applyEdits } from "../../skills/edits.ts";
import { createSkillFolder, textOf } from "../../skills/folder.ts";
import type { Listed } from "../../skills/reduction/routing.ts";
import { createDraw } from "../../state/draw.ts";

const long =
  "It has been so for a very long time, and nobody remembers when it was not so, or who began with it, or why.";
const skill = createSkillFolder("mail", {
  "SKILL.md": new TextEncoder().encode(
    `---\nname: mail\ndescription: Sorts letters into boxes. Everybody likes it. Works on Sundays too.\n---\n\n# Mail\n\n- Sort the letters into boxes.\n\n${long}\n\n${long} Really.\n\nRead [more](more.md).\n`,
  ),
});

async function draft(reducer: Reducer, done: string[] = [], program = skill) {
  const parts: string[] = [];
  const work = {
    skills: [program],
    budget: { edits: 4 },
    proposer: reducer,
    drawFor: (part: string) => createDraw(1, 1, part),
    study: (part: string, make: () => Promise<unknown>) => (parts.push(part), make()),
  } as unknown as DraftWork;
  const { drafts } = await draftReduced({ kind: "reduced", done }, work);
  const [made] = drafts;
  return { made, parts, text: made === undefined ? undefined : textOf(applyEdits([program], made.edits)[0]!)! };
}

/** Routes to the skill where its description has all of these words, and else nowhere. */
function routing(...words: string[]) {
  const orders: string[] = [];
  const route: Required<Reducer>["route"] = async (questions, listed: readonly Listed[]) => {
    orders.push(listed.map(({ name }) => name).join());
    const own = listed.find(({ name }) => name === "mail");
    const isRight = words.every((word) => own?.description.includes(word));
    return questions.map((question) => (question.includes("sort") && isRight ? "mail" : "mail-look-alike"));
  };
  return { route, orders };
}

describe("a draft that makes skills shorter", () => {
  test("asks no model where the analyst is none", async () => {
    const { made, text, parts } = await draft({});
    expect(made!.origin).toMatchObject({ operator: "reduce_description", features: { part: "mail/description" } });
    expect(text).toContain("description: Sorts letters into boxes.\n");
    expect(parts).toEqual(["optimizer/mail/description"]);
  });

  test("keeps clauses that a model needs to route, by the majority of votes in several orders", async () => {
    const { route, orders } = routing("boxes", "Sundays");
    const { text } = await draft({ route });
    expect(text).toContain("description: Sorts letters into boxes. Works on Sundays too.\n");
    expect(new Set(orders).size).toBeGreaterThan(1);
    expect(orders.length % 3).toBe(0);
  });

  test("leaves a description as it is where the model does not route it, or does not reply", async () => {
    for (const route of [routing("zebra").route, async () => null]) {
      const { made } = await draft({ route, classify: async (items) => items.map(() => "core_rule") });
      expect(made).toBeUndefined();
    }
  });

  test("moves what a model calls background, but not what the form of the file fixes; nothing where the reply is missing", async () => {
    const done = ["mail/description"];
    const { made, text } = await draft(
      { classify: async (items) => items.map((_, place) => (place === 0 ? "core_rule" : "background")) },
      done,
    );
    expect(made!.origin).toMatchObject({ operator: "reduce_body", target: "mail" });
    expect(text).not.toContain("Really");
    expect(text).toContain("Read [more](more.md).");
    expect((await draft({ classify: async () => null }, done)).made).toBeUndefined();
  });

  test("leaves a program that is one text alone", async () => {
    const text = createSkillFolder("agents", {
      "AGENTS.md": new TextEncoder().encode(`# All\n\n${long}\n\n${long}\n`),
    });
    const { made, parts } = await draft({ classify: async (items) => items.map(() => "background") }, [], text);
    expect([made, parts]).toEqual([undefined, []]);
  });
});
