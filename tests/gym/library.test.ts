import { describe, expect, test } from "vitest";
import type { EditBudget } from "../../analysts/analyst.ts";
import { createGymAgent } from "../../gym/agent.ts";
import { createGymAnalyst } from "../../gym/analyst.ts";
import { cueOf } from "../../gym/cue.ts";
import { exampleLine } from "../../gym/examples.ts";
import { clashesIn, createLibraryJudge, meanOf, routesIn } from "../../gym/library/judge.ts";
import { curatedLibrary, stockLibrary } from "../../gym/library/stock.ts";
import { trajectorySkill } from "../../gym/library/trajectories.ts";
import { draftZeroShot } from "../../gym/library/zero-shot.ts";
import { createTasks, demandOf, deskOf } from "../../gym/requests.ts";
import { createShelvedSkill, readSkills, type Directive } from "../../gym/skill.ts";
import { createGymVerifier } from "../../gym/verifier.ts";
import { createWorld } from "../../gym/world.ts";
import { visibilityOf } from "../../policies/visibility.ts";
import { applyEdits } from "../../skills/edits.ts";
import { checkSkill } from "../../skills/limits.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { createDraw } from "../../state/draw.ts";
import { questionOf, type ScoredRollout } from "../../state/task.ts";

const options = { families: 4, rare: 0.04 };
const world = createWorld(5, options);
const stock = stockLibrary(world);
const library = stock.map(({ skill }) => skill);
const seen = visibilityOf({ visibility: "retrieved", visible: 4, hidden: [] });
const { signal } = new AbortController();
const nameOf = (kind: string) => stock.find((each) => each.kind === kind)?.skill.name ?? "";

describe("a world for libraries", () => {
  test("has one more desk, which seldom sends a request, and rules of its own", () => {
    expect(world.families).toHaveLength(5);
    expect(new Set(world.rules.map(({ step }) => step)).size).toBe(36);
    const desks = createTasks(world, "train", 400).map(({ input }) => deskOf(input));
    const share = desks.filter((desk) => desk === world.families[4]?.name).length / 400;
    expect(Math.abs(share - 0.04)).toBeLessThan(0.03);
  });

  test("drifts: the most frequent rules ask for other steps, and requests stay as they are", () => {
    const later = createWorld(5, { ...options, drift: 1 });
    const changed = later.rules.flatMap(({ step }, at) => (step === world.rules[at]?.step ? [] : [at]));
    expect(changed).toEqual([0, 6, 12, 18, 24, 30]);
    expect(new Set(later.rules.map(({ step }) => step)).size).toBe(36);
    const inputs = (each: typeof world) => createTasks(each, "train", 50).map(({ input }) => input);
    expect(inputs(later)).toEqual(inputs(world));
  });

  test("traps with marks of what is not needed, and names another desk", () => {
    for (const { input } of createTasks(world, "adversarial", 40)) {
      const { cues, wanted } = demandOf(world, input);
      const marks = world.rules.filter(({ mark }) => cues.has(cueOf("mark", mark)));
      expect(marks).toHaveLength(2);
      expect(marks.filter(({ step }) => wanted.has(step))).toEqual([]);
      const passed = /The (\S+) desk has passed it on/.exec(input)?.[1];
      expect(passed).not.toBe(deskOf(input));
    }
  });

  test("asks across desks for what only one of two has, and for what only the other has", () => {
    for (const { input, expected } of createTasks(world, "across", 40)) {
      const steps = [...demandOf(world, input).wanted.keys()];
      expect(steps.toSorted()).toEqual((expected as string[]).toSorted());
      const [first, second] = [...input.split("\n")[0]!.matchAll(/the (\S+) desk/gi)].map(([, desk]) => desk);
      for (const desk of [first, second]) {
        const own = world.families.find(({ name }) => name === desk)?.rules.slice(6) ?? [];
        expect(own.some(({ step }) => steps.includes(step))).toBe(true);
      }
      expect(first).not.toBe(second);
    }
  });
});

describe("libraries of the gym", () => {
  test("hold valid skills, and the stock has what it says it has", () => {
    for (const skill of [...library, ...curatedLibrary(world)]) expect(checkSkill(skill)).toEqual([]);
    expect(stockLibrary(createWorld(5, options))).toEqual(stock);
    const judge = createLibraryJudge(world, createTasks(world, "test", 200), { visibility: undefined, seed: 1 });
    const worth = (name: string) =>
      meanOf(judge(library)) - meanOf(judge(library.filter((skill) => skill.name !== name)));
    expect(worth(nameOf("harmful"))).toBeLessThan(-0.01);
    expect(Math.abs(worth(nameOf("unused")))).toBeLessThan(0.01);
    expect(worth(nameOf("shared"))).toBeGreaterThan(0);
    expect(meanOf(judge(curatedLibrary(world)))).toBeGreaterThan(meanOf(judge(library)) + 0.1);
    const rare = createTasks(world, "test", 400).filter(({ input }) => deskOf(input) === world.families[4]?.name);
    const onRare = createLibraryJudge(world, rare, { visibility: undefined, seed: 1 });
    const without = library.filter(({ name }) => name !== nameOf("rare"));
    expect(meanOf(onRare(library))).toBeGreaterThan(meanOf(onRare(without)) + 0.05);
  });

  test("are judged as often right as the agent is, with what each request is shown, examples too", async () => {
    const tasks = createTasks(world, "test", 40);
    const traces = createTasks(world, "train", 12).flatMap(({ input, expected }, at) => {
      const skill = trajectorySkill(world, { name: `rollout-${at}`, input, steps: expected as string[] });
      return skill === null ? [] : [skill];
    });
    const skills = [...library, ...traces];
    const chances = createLibraryJudge(world, tasks, { visibility: seen, seed: 1 })(skills);
    const [agent, verifier] = [createGymAgent(world), createGymVerifier(world)];
    const { decide } = seen!.of(skills);
    const questions = tasks.map(({ input }) => input);
    const samples = 30;
    let right = 0;
    for (const [index, task] of tasks.entries()) {
      const names = decide!({ index, questions }, createDraw(1, 0, "visibility/judge"));
      const view = skills.filter(({ name }) => names.includes(name));
      for (let sample = 0; sample < samples; sample += 1)
        right += (await verifier.score(await agent.answer(questionOf(task), view, { sample, signal }), task)).value;
    }
    const variance = chances.reduce((sum, chance) => sum + chance * (1 - chance), 0) / samples;
    expect(Math.abs(right / samples - chances.reduce((sum, chance) => sum + chance, 0))).toBeLessThan(
      3.3 * Math.sqrt(variance),
    );
  });

  test("say which skills are right for a request, repeat others, and contradict others", () => {
    const [rule, other] = world.rules.slice(6);
    const says = (name: string, trigger: string, step: string) =>
      createShelvedSkill({ name, description: "Says." }, [
        { cue: cueOf("trigger", trigger), step, isImportant: false },
      ]);
    const skills = [
      says("a", rule!.trigger, rule!.step),
      says("b", rule!.trigger, rule!.step),
      says("c", rule!.trigger, other!.step),
      says("d", other!.trigger, other!.step),
    ];
    expect(clashesIn(skills)).toEqual({ redundant: ["a", "b"], conflicting: ["a", "b", "c"] });
    const task = { id: "t", input: `It calls for \`${rule!.trigger}\`.` };
    expect(routesIn(world, [task], { skills, most: 4 })[0]?.right).toEqual(["a", "b"]);
  });

  test("examples show the steps that all requests with a trigger have in common", () => {
    const skill = createShelvedSkill({ name: "seen", description: "Seen." });
    const shownBy = (...lines: string[]) =>
      readSkills(
        applyEdits([skill], [{ skill: "seen", file: "SKILL.md", op: "append", anchor: "", text: lines.join("\n") }]),
      )
        .bullets.map(({ cue, step, weight }) => `${cue} ${step} ${weight}`)
        .toSorted();
    expect(shownBy(exampleLine(["amber"], ["fold"]))).toEqual(["trigger amber fold 0.6"]);
    expect(shownBy(exampleLine(["amber", "birch"], ["fold", "knead"]), exampleLine(["amber"], ["fold"]))).toEqual([
      "trigger amber fold 0.6",
      "trigger birch fold 0.3",
      "trigger birch knead 0.3",
    ]);
  });

  test("a draft without feedback needs requests alone, and knows some of the rules", () => {
    const inputs = createTasks(world, "train", 100).map(({ input }) => input);
    const drafted = draftZeroShot(world, inputs);
    expect(draftZeroShot(world, inputs)).toEqual(drafted);
    const { bullets } = readSkills(drafted);
    const isTrue = ({ cue, step }: Directive) =>
      world.rules.some((rule) => rule.step === step && cueOf("trigger", rule.trigger) === cue);
    expect(bullets.filter(isTrue).length).toBeGreaterThan(5);
    expect(new Set(bullets.map(({ cue }) => cue)).size).toBeLessThan(world.rules.length * 0.7);
  });
});

describe("the analyst of the gym in a library", () => {
  const sure = { identify: 1, tempted: 0, recognise: 1, drift: 0 };
  const usual = { edits: 3, scope: "program" as const, rejected: [], takesShorter: false };

  async function propose(skills: readonly SkillFolder[], desk: string | undefined, changes: Partial<EditBudget> = {}) {
    const [agent, verifier, analyst] = [createGymAgent(world), createGymVerifier(world), createGymAnalyst(world, sure)];
    const tasks = createTasks(world, "train", 160).filter(({ input }) => desk === undefined || deskOf(input) === desk);
    const rollouts = await Promise.all(
      tasks.slice(0, 40).map(async (task): Promise<ScoredRollout> => {
        const answer = await agent.answer(questionOf(task), skills, { sample: 0, signal });
        const visible = Object.fromEntries(skills.map(({ name, hash }) => [name, hash]));
        const asked = { program: "", visible, suite: "train" as const, task: task.id, sample: 0, answer };
        const score = await verifier.score(answer, task);
        const rollout = { ...asked, status: "answered" as const };
        return { rollout, question: questionOf(task), expected: task.expected ?? null, score };
      }),
    );
    const deficiencies = await analyst.diagnose(await analyst.analyze(rollouts, skills), skills, rollouts);
    const budget = { ...usual, draw: createDraw(1, 1, "propose"), ...changes };
    const { drafts } = await analyst.propose(deficiencies, skills, rollouts, budget);
    return drafts[0]?.edits ?? [];
  }

  const [first, second] = world.families.map(({ name }) => name);
  const emptyFor = (desk = "") =>
    createShelvedSkill({
      name: `${desk}-requests`,
      description: `Says which steps requests of the ${desk} desk need.`,
    });

  test("writes into the skill that requests belong to", async () => {
    const edits = await propose([emptyFor(first), emptyFor(second)], second);
    expect(edits.map(({ op, skill }) => `${op} ${skill}`)).toEqual(Array(3).fill(`append ${second}-requests`));
  });

  test("creates a skill for a desk that has none, where it may, with as many directives as it may make edits", async () => {
    const [edit, ...others] = await propose([emptyFor(first)], second);
    expect(others).toEqual([]);
    expect(edit).toMatchObject({ op: "create-file", skill: `${second}-requests`, file: "SKILL.md" });
    const after = applyEdits([emptyFor(first)], [edit!]);
    expect(readSkills(after).bullets).toHaveLength(3);
    expect((await propose([emptyFor(first)], second, { scope: "files" })).map(({ op }) => op)).toEqual(
      Array(3).fill("append"),
    );
  });

  test("deletes a skill that it would leave empty, where it may, but not the last one", async () => {
    const { trigger } = world.rules[0]!;
    const wrong = createShelvedSkill({ name: "old-habits", description: "Says." }, [
      { cue: cueOf("trigger", trigger), step: "sleep", isImportant: false },
    ]);
    const all = { edits: 99 };
    const deletes = async (skills: SkillFolder[], more: Partial<EditBudget> = {}) =>
      (await propose(skills, undefined, { ...all, ...more })).filter(({ skill }) => skill === "old-habits");
    const others = curatedLibrary(world);
    expect(await deletes([wrong, ...others])).toEqual([{ op: "delete-skill", skill: "old-habits" }]);
    expect((await deletes([wrong, ...others], { scope: "files" })).map(({ op }) => op)).toEqual(["delete"]);
    expect((await deletes([wrong])).map(({ op }) => op)).not.toContain("delete-skill");
  });

  test("splits a skill by what answers to one group of tasks alone followed, and compresses it by what none followed", async () => {
    const [shared, ...desks] = curatedLibrary(world);
    const both = createShelvedSkill(
      { name: "both", description: `Says which steps requests of the ${first} desk and the ${second} desk need.` },
      desks.slice(0, 2).flatMap((skill) => readSkills([skill]).bullets),
    );
    const tasks = createTasks(world, "train", 160).slice(0, 40);
    const groups = [first, second].map((desk) =>
      tasks.filter(({ input }) => deskOf(input) === desk).map(({ id }) => id),
    );
    const purpose = { action: "split" as const, skill: "both", groups };
    const program = [shared!, both];
    const edits = await propose(program, undefined, { purpose, edits: 20 });
    const after = applyEdits(program, edits);
    const steps = (skills: readonly SkillFolder[]) => readSkills(skills).bullets.map(({ step }) => step);
    expect(steps(after).toSorted()).toEqual(steps(program).toSorted());
    const made = after.find(({ name }) => name !== "both" && name !== shared!.name)!;
    const desk = made.name.replace("-requests", "");
    const own = world.families.find(({ name }) => name === desk)!.rules.slice(6);
    expect(steps([made]).length).toBeGreaterThan(2);
    expect(steps([made]).filter((step) => !own.some((rule) => rule.step === step))).toEqual([]);
  });

  test("keeps to what a recipe asks for: a purpose, and skills that stay as they are", async () => {
    const skills = [emptyFor(first), emptyFor(second)];
    const names = skills.map(({ name }) => name);
    const [skill = ""] = names;
    const beside = await propose(skills, second, { frozen: names });
    expect(beside.map((edit) => `${edit.op} ${edit.skill}`)).toEqual([`create-file ${second}-requests-2`]);
    const created = await propose(skills, second, { purpose: { action: "create", skill, tasks: [] } });
    expect(created.map(({ op }) => op)).toEqual(["create-file"]);
    const patched = await propose(skills, second, { purpose: { action: "patch", skill, tasks: [] }, scope: "files" });
    expect(new Set(patched.map((edit) => edit.skill))).toEqual(new Set([skill]));
    const unused = [stock.find(({ kind }) => kind === "unused")!.skill, ...curatedLibrary(world)];
    const shorter = await propose(unused, first, {
      purpose: { action: "compress", skill: unused[0]!.name },
      scope: "files",
    });
    expect(shorter.map(({ op, skill: of }) => `${op} ${of}`)).toEqual(Array(3).fill("delete stationery"));
  });
});
