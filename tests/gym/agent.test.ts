import { describe, expect, test } from "vitest";
import { createGymAgent } from "../../gym/agent.ts";
import { cueOf } from "../../gym/cue.ts";
import { createJudge, trueDirectives } from "../../gym/optimum.ts";
import { createTasks } from "../../gym/requests.ts";
import { createGymSkill, type Directive } from "../../gym/skill.ts";
import { createGymVerifier } from "../../gym/verifier.ts";
import { createWorld } from "../../gym/world.ts";
import { questionOf, type Question } from "../../state/task.ts";

const world = createWorld(5);
const agent = createGymAgent(world);
const { signal } = new AbortController();

/** Every kind of directive: true ones, one of them emphasised, shortcuts, over-specific and wrong ones. */
const [first, second, third] = world.rules;
const mixed: Directive[] = [
  ...trueDirectives(world).slice(0, 12),
  { cue: cueOf("mark", first!.mark), step: first!.step, isImportant: true },
  { cue: cueOf("mark", second!.mark), step: second!.step, isImportant: false },
  { cue: cueOf("trigger", third!.trigger), step: first!.step, isImportant: false },
  ...Array.from({ length: 20 }, (_, number) => ({
    cue: cueOf("case", String(number)),
    step: second!.step,
    isImportant: false,
  })),
];
const skills = [createGymSkill(mixed)];

describe("the agent of the gym", () => {
  test.each(["test", "shifted", "composition"] as const)(
    "succeeds on %s as often as the closed form says",
    async (suite) => {
      const verifier = createGymVerifier(world);
      const [tasks, samples] = [createTasks(world, suite, 150), 40];
      let successes = 0;
      for (const task of tasks) {
        for (let sample = 0; sample < samples; sample += 1) {
          const answer = await agent.answer(questionOf(task), skills, { sample, signal });
          successes += (await verifier.score(answer, task)).value;
        }
      }
      const [count, chance] = [tasks.length * samples, createJudge(world, tasks)(skills)];
      expect(Math.abs(successes / count - chance)).toBeLessThan(3.3 * Math.sqrt((chance * (1 - chance)) / count));
    },
  );

  test("sees nothing of a task but its question", async () => {
    for (const task of createTasks(world, "train", 20)) {
      const seen = new Set<PropertyKey>();
      const watched = new Proxy(task, {
        get: (target, key) => (seen.add(key), Reflect.get(target, key)),
      }) as Question;
      const answer = await agent.answer(watched, skills, { sample: 0, signal });
      expect([...seen].toSorted()).toEqual(["id", "input"]);
      expect(await createGymAgent(createWorld(5)).answer(questionOf(task), skills, { sample: 0, signal })).toEqual(
        answer,
      );
    }
  });

  test("gives a directive the same luck wherever it stands, and another in another sample", async () => {
    const [task] = createTasks(world, "train", 1);
    const luck = async (list: readonly Directive[], sample: number) => {
      const { trace } = await agent.answer(questionOf(task!), [createGymSkill(list)], { sample, signal });
      return trace.map((step) => JSON.stringify(step)).toSorted();
    };
    const twoFaced = mixed.slice(0, 12);
    const samples = Array.from({ length: 30 }, (_, sample) => sample);
    const forwards = await Promise.all(samples.map((sample) => luck(twoFaced, sample)));
    const backwards = await Promise.all(samples.map((sample) => luck(twoFaced.toReversed(), sample)));
    // Turned around, a directive stands as far from the middle as before: its chance is the same too.
    expect(backwards).toEqual(forwards);
    expect(new Set(forwards.map(String)).size).toBeGreaterThan(1);
  });
});

describe("the verifier of the gym", () => {
  const [task] = createTasks(world, "train", 1);
  const steps = task!.expected as string[];
  const score = (text: string, noise?: number, id = task!.id) =>
    createGymVerifier(world, noise === undefined ? {} : { noise }).score(
      { text, used: [], trace: [], cost: { inputTokens: 0, outputTokens: 0, usd: 0 } },
      { ...task!, id },
    ) as { value: number; feedback: string };

  test("wants all steps and no other", () => {
    expect(score(steps.join(", ")).value).toBe(1);
    expect(score("nothing")).toMatchObject({ value: 0, feedback: expect.stringContaining("was not carried out") });
    expect(score([...steps, "sleep"].join(", "))).toMatchObject({ value: 0, feedback: "Wrong: sleep was not wanted." });
  });

  test("turns as many outcomes around as its noise says, the same ones every time", () => {
    const values = Array.from({ length: 2000 }, (_, id) => score(steps.join(", "), 0.1, `t${id}`).value);
    expect(values.reduce((sum, value) => sum + value, 0) / 2000).toBeCloseTo(0.9, 1);
    expect(Array.from({ length: 2000 }, (_, id) => score(steps.join(", "), 0.1, `t${id}`).value)).toEqual(values);
  });

  test("refuses a task it cannot score", () => {
    expect(() => createGymVerifier(world).score({ text: "" } as never, { id: "t", input: "" })).toThrow(
      /expects no list of steps/,
    );
  });
});
