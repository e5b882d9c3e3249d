import { z } from "zod";
import type { JournaledModel } from "../models/journaled-model.ts";
import { askFor } from "../models/replies/structured.ts";
import { quote, shorten } from "../skills/shorten.ts";
import { SettingsError, SkillgraphError } from "../state/errors.ts";
import { hashJson } from "../state/json.ts";
import type { Answer, Score, Task } from "../state/task.ts";
import { consistencies, consistencyScore } from "./consistency.ts";
import { hasReference, judgeMessages } from "./judge-messages.ts";
import type { Verifier } from "./verifier.ts";

export interface JudgeNeeds {
  model: JournaledModel;
  /** What a good answer is, in words. Needed for tasks without an expected answer; the others are also held to it. */
  rubric?: string;
}

const shown = { reason: 1_000, core: 200 };

/**
 * A language model that scores. An answer to a task with `expected` is compared with it, core by core: 1 for consistent, 0.5
 * for partial, 0 for inconsistent, with the objectives `strict` and `lenient`. An answer to another task is graded by the rubric, in tenths. A task may bring words of its
 * own as `meta.rubric`, which stand after the rubric.
 */
export function createJudge({ model, rubric = "" }: JudgeNeeds): Verifier {
  return {
    fingerprint: `judge@2:${model.fingerprint}:${hashJson(rubric).slice(0, 16)}`,
    literals: [rubric],
    check(task) {
      rubricOf(task, rubric);
    },
    async score(answer, task) {
      const words = rubricOf(task, rubric);
      return hasReference(task) ? compare({ model, words, answer, task }) : grade({ model, words, answer, task });
    },
  };
}

interface Judgement {
  model: JournaledModel;
  /** The rubric of the judge and that of the task. */
  words: string;
  answer: Answer;
  task: Task;
}

const Comparison = z.strictObject({
  referenceCore: z.string().describe("What the reference answer comes to: what it decides, states or does"),
  answerCore: z.string().describe("What the answer comes to"),
  reason: z.string(),
  verdict: z.enum(consistencies),
});

const comparisonRules = `The task has a reference answer, which is right. Find its core and the core of the answer, and compare the two; wording, order and form make no difference unless the task asks for them.
- consistent: the same core, and nothing that contradicts it
- partial: a part of the core, or all of it beside something wrong
- inconsistent: another core, or none`;

async function compare({ model, words, answer, task }: Judgement): Promise<Score> {
  const rules = words === "" ? comparisonRules : `${comparisonRules}\n\nAlso hold the answer to this:\n${words}`;
  const messages = judgeMessages(rules, task, answer);
  const { referenceCore, answerCore, reason, verdict } = await askFor({
    model,
    messages,
    schema: Comparison,
    name: "judgement",
  });
  const cores = `expected ${quote(referenceCore, shown.core)}, got ${quote(answerCore, shown.core)}`;
  const feedback = `Judged ${verdict}: ${cores}. ${shorten(reason, shown.reason)}`;
  return consistencyScore(verdict, feedback);
}

const Grade = z.strictObject({ reason: z.string(), grade: z.int().min(0).max(10) });

async function grade({ model, words, answer, task }: Judgement): Promise<Score> {
  const rules = `Grade the answer by this rubric, in whole numbers: 10 meets it in full, 5 by half, 0 not at all or does not do the task.\n\n${words}`;
  const messages = judgeMessages(rules, task, answer);
  const judged = await askFor({ model, messages, schema: Grade, name: "judgement" });
  const feedback = `Graded ${judged.grade} of 10: ${shorten(judged.reason, shown.reason)}`;
  return { value: judged.grade / 10, objectives: {}, feedback };
}

function rubricOf(task: Task, rubric: string): string {
  const own = task.meta?.["rubric"] ?? "";
  if (typeof own !== "string") {
    throw new SkillgraphError(
      "tasks",
      `Task ${quote(task.id)} has a meta.rubric that is not a string. Write it as a string.`,
    );
  }
  const words = [rubric, own].map((text) => text.trim()).filter((text) => text !== "");
  if (words.length > 0 || hasReference(task)) return words.join("\n\n");
  throw new SettingsError(
    "rubric",
    `Task ${quote(task.id)} has no expected answer, so the judge needs a rubric. Give one (--rubric FILE), or ` +
      'add "expected" or "meta": {"rubric": "..."} to the task.',
  );
}
