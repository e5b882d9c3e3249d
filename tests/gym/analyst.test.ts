import { describe, expect, test } from "vitest";
import type { Analyst } from "../../analysts/analyst.ts";
import { createGymAgent } from "../../gym/agent.ts";
import { createGymAnalyst } from "../../gym/analyst.ts";
import { cueOf, partsOfCue } from "../../gym/cue.ts";
import { trueDirectives } from "../../gym/optimum.ts";
import { createRandomGymAnalyst } from "../../gym/random-analyst.ts";
import { createTasks } from "../../gym/requests.ts";
import { createGymSkill, readSkills, type Directive } from "../../gym/skill.ts";
import { createGymVerifier } from "../../gym/verifier.ts";
import { createWorld } from "../../gym/world.ts";
import { applyEdits } from "../../skills/edits.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { createDraw } from "../../state/draw.ts";
import { isTextEdit, type TextEdit } from "../../state/program.ts";
import { questionOf, type ScoredRollout } from "../../state/task.ts";

const world = createWorld(8);
const sure = { identify: 1, tempted: 0, recognise: 1, drift: 0 };
const never = { identify: 0, tempted: 0, recognise: 0, drift: 0 };

async function rollOut(skill: SkillFolder): Promise<ScoredRollout[]> {
  const [agent, verifier, { signal }] = [createGymAgent(world), createGymVerifier(world), new AbortController()];
  return Promise.all(
    createTasks(world, "train", 40).map(async (task) => {
      const answer = await agent.answer(questionOf(task), [skill], { sample: 0, signal });
      return {
        rollout: {
          program: skill.hash,
          visible: { [skill.name]: skill.hash },
          suite: "train",
          task: task.id,
          sample: 0,
          answer,
          status: "answered",
        },
        question: questionOf(task),
        expected: task.expected ?? null,
        score: await verifier.score(answer, task),
      };
    }),
  );
}

interface Wish {
  edits?: number;
  rejected?: readonly TextEdit[];
  generation?: number;
}

/** What an analyst makes of 40 rollouts of a skill: the edits, and what the skill says with them. */
async function improve(
  analyst: Analyst,
  directives: readonly Directive[],
  { edits = 3, rejected = [], generation = 1 }: Wish = {},
) {
  const skill = createGymSkill(directives);
  const rollouts = await rollOut(skill);
  const deficiencies = await analyst.diagnose(await analyst.analyze(rollouts, [skill]), [skill], rollouts);
  const budget = {
    edits,
    scope: "files" as const,
    rejected,
    takesShorter: false,
    draw: createDraw(1, generation, "propose"),
  };
  const { drafts } = await analyst.propose(deficiencies, [skill], rollouts, budget);
  const made = (drafts[0]?.edits ?? []).filter(isTextEdit);
  return { deficiencies, edits: made, after: readSkills(applyEdits([skill], made)).bullets };
}

const truths = trueDirectives(world);
const isTrue = ({ cue, step }: Directive) => truths.some((each) => each.cue === cue && each.step === step);

describe("the analyst of the gym", () => {
  test("writes the rules that are missed most where it sees them, as many as the budget allows", async () => {
    const { deficiencies, edits, after } = await improve(createGymAnalyst(world, sure), []);
    expect(deficiencies.map(({ tasks }) => tasks.length)).toEqual(
      deficiencies.map(({ tasks }) => tasks.length).toSorted((a, b) => b - a),
    );
    expect(edits).toHaveLength(3);
    expect(after.filter(isTrue)).toHaveLength(3);
    expect(after.map(({ step }) => step)).toEqual(deficiencies.slice(0, 3).map(({ extra }) => extra["step"]));
  });

  test("writes shortcuts where it is tempted", async () => {
    const { after } = await improve(createGymAnalyst(world, { ...sure, tempted: 1 }), []);
    expect(after.map(({ cue }) => partsOfCue(cue).kind)).toEqual(["mark", "mark", "mark"]);
  });

  test("guesses where it sees nothing: shortcuts, single cases, wrong steps, and no true rule", async () => {
    const { after } = await improve(createGymAnalyst(world, never), [], { edits: 30 });
    expect(new Set(after.map(({ cue }) => partsOfCue(cue).kind))).toEqual(new Set(["trigger", "mark", "case"]));
    expect(after.filter(isTrue)).toEqual([]);
  });

  test("deletes directives that do harm and emphasises those that are overlooked", async () => {
    const harmful = { cue: truths[0]!.cue, step: "sleep", isImportant: false };
    const { after } = await improve(createGymAnalyst(world, sure), [...truths, harmful], { edits: 30 });
    expect(after.some(({ step }) => step === "sleep")).toBe(false);
    expect(after.some(({ isImportant }) => isImportant)).toBe(true);
    expect(after.map(({ cue, id }) => [cue, id])).toEqual(
      readSkills([createGymSkill(truths)]).bullets.map(({ cue, id }) => [cue, id]),
    );
  });

  test("proposes nothing the gate has turned down", async () => {
    const analyst = createGymAnalyst(world, sure);
    const { edits: before } = await improve(analyst, []);
    const { edits: after } = await improve(analyst, [], { rejected: before });
    expect(after.filter(({ text }) => before.some((edit) => edit.text === text))).toEqual([]);
    expect(after).toHaveLength(3);
  });

  test("damages a bullet with every edit when it drifts that much, and its edits still fit", async () => {
    const harmful = { cue: cueOf("trigger", world.rules[0]!.trigger), step: "sleep", isImportant: false };
    const analyst = createGymAnalyst(world, { ...sure, drift: 1 });
    const before = [...truths.slice(0, 8), harmful];
    for (let generation = 1; generation <= 20; generation += 1) {
      const { edits, after } = await improve(analyst, before, { edits: 4, generation });
      expect(edits).toHaveLength(4);
      expect(after.filter((bullet) => !isTrue(bullet) && bullet.step !== "sleep").length).toBeGreaterThan(2);
    }
  });

  test("is a pure function of what it is given", async () => {
    for (const analyst of [createGymAnalyst(world), createRandomGymAnalyst(world)]) {
      const once = await improve(analyst, truths.slice(0, 4));
      expect(await improve(analyst, truths.slice(0, 4))).toEqual(once);
      expect((await improve(analyst, truths.slice(0, 4), { generation: 2 })).edits).not.toEqual(once.edits);
    }
  });
});
