import type { TaskAgent } from "../../../agents/agent.ts";
import type { Analyst } from "../../../analysts/analyst.ts";
import { textOf } from "../../../skills/folder.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import type { Task } from "../../../state/task.ts";
import { createExact } from "../../../verifiers/exact.ts";

/**
 * Parts of the golden runs, which stay as they are: what changes between versions is the product around them. The skill
 * maps words to answers, a line each; every proposal adds the line for one failed task.
 */
const line = /^(\w+) means (\w+)$/gm;

const agent: TaskAgent = {
  fingerprint: "golden-agent@1",
  async answer({ input }, skills) {
    const text = skills.map((skill) => textOf(skill) ?? "").join("\n");
    const known = new Map([...text.matchAll(line)].map(([, word, answer]) => [word, answer]));
    return {
      text: known.get(input) ?? "unknown",
      used: skills.map(({ name }) => name),
      trace: [],
      cost: { inputTokens: 0, outputTokens: 0, usd: 0 },
    };
  },
};

const analyst: Analyst = {
  fingerprint: "golden-analyst@1",
  async analyze(rollouts) {
    return rollouts
      .filter(({ score }) => score?.value === 0)
      .map(({ rollout, question, expected }) => ({
        task: rollout.task,
        category: "missing_rule",
        place: null,
        expected: `${question.input} means ${String(expected)}`,
        got: rollout.answer?.text ?? "",
        evidence: "",
      }));
  },
  async diagnose(failures, [skill]) {
    return failures.slice(0, 1).map(({ task, expected }) => ({
      skill: skill?.name ?? "",
      file: "SKILL.md",
      place: null,
      defect: "missing" as const,
      category: "missing_rule",
      severity: "high" as const,
      tasks: [task],
      plan: expected ?? "",
      extra: {},
    }));
  },
  async propose(deficiencies) {
    const drafts = deficiencies.map(({ skill, file, plan }) => ({
      edits: [{ skill, file, op: "append" as const, anchor: "", text: `\n${plan}\n` }],
      origin: { operator: "add", target: file, features: {} },
    }));
    return { drafts, simulations: 0 };
  },
};

const words = ["one", "two", "three", "four", "five", "six"];

function tasksOf(suite: string): Task[] {
  return words.map((word, index) => ({ id: `${suite}-${index}`, input: word, expected: `n${index + 1}` }));
}

export const goldenRun = "golden";

export function goldenOptions() {
  return {
    agent,
    analyst,
    verifier: createExact(),
    program: [minimalSkill("golden", "Maps words to answers.")],
    tasks: { train: tasksOf("train"), validation: tasksOf("validation"), sealed: [], test: tasksOf("test") },
    settings: { generations: 4, batch: 6, wave: 3 },
    run: goldenRun,
    concurrency: 2,
  };
}
