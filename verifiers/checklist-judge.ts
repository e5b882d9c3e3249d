import { z } from "zod";
import type { JournaledModel } from "../models/journaled-model.ts";
import { askFor } from "../models/replies/structured.ts";
import { quote, shorten } from "../skills/shorten.ts";
import { SettingsError, SkillgraphError } from "../state/errors.ts";
import { hashJson } from "../state/json.ts";
import type { Task } from "../state/task.ts";
import { judgeMessages } from "./judge-messages.ts";
import type { Verifier } from "./verifier.ts";

export interface ChecklistJudgeNeeds {
  model: JournaledModel;
  /** What each answer must meet, an item a text, each decided by yes or no. */
  checklist?: readonly string[];
}

const mostItems = 50;
const shownReason = 300;

/**
 * A language model that decides each item of a checklist by yes or no: the score is the share that is met, the feedback names
 * the others (Method: SCRIBE, arXiv 2601.03555). A task may bring items of its own as `meta.checklist`, which come after the rest.
 */
export function createChecklistJudge({ model, checklist = [] }: ChecklistJudgeNeeds): Verifier {
  return {
    fingerprint: `checklist@2:${model.fingerprint}:${hashJson(checklist).slice(0, 16)}`,
    literals: checklist,
    check(task) {
      itemsOf(task, checklist);
    },
    async score(answer, task) {
      const items = itemsOf(task, checklist);
      const messages = judgeMessages(rulesOf(items), task, answer);
      const decided = await askFor({ model, messages, schema: decisionsOn(items), name: "decisions" });
      const failed = items.flatMap((item, at) => {
        const { isMet, reason } = decided[keyOf(at)] as Decision;
        // Items of a task come last; they are not for those who learn from it.
        const isOfTask = at >= items.length - ownItems(task).length;
        return isMet ? [] : [{ item, isOfTask, reason: shorten(reason, shownReason) }];
      });
      const met = items.length - failed.length;
      const textOf = (lines: readonly string[]) =>
        [`Meets ${met} of ${items.length}.`, ...(lines.length === 0 ? [] : ["Not met:", ...lines])].join("\n");
      return {
        value: met / items.length,
        objectives: {},
        feedback: textOf(
          failed.map(({ item, isOfTask, reason }) =>
            isOfTask ? `- an item of this task (${reason})` : `- ${item} (${reason})`,
          ),
        ),
        ...(failed.some(({ isOfTask }) => isOfTask)
          ? { detail: textOf(failed.map(({ item, reason }) => `- ${item} (${reason})`)) }
          : {}),
      };
    },
  };
}

const Decision = z.strictObject({ reason: z.string(), isMet: z.boolean() });
type Decision = z.infer<typeof Decision>;

const keyOf = (at: number) => `item${at + 1}`;

/** A field an item, so that none can be left out or decided twice. */
function decisionsOn(items: readonly string[]) {
  return z.strictObject(Object.fromEntries(items.map((_, at) => [keyOf(at), Decision])));
}

function rulesOf(items: readonly string[]): string {
  const list = items.map((item, at) => `${keyOf(at)}: ${item}`).join("\n");
  return `Decide for each item of this checklist, by itself, whether the answer meets it. An item that cannot be told from the answer is not met. A reference answer, where there is one, shows what is right.\n\n${list}`;
}

function ownItems(task: Task): string[] {
  const own = z.array(z.string()).safeParse(task.meta?.["checklist"] ?? []);
  if (!own.success) {
    throw new SkillgraphError(
      "tasks",
      `Task ${quote(task.id)} has a meta.checklist that is not a list of strings. Write it as ["...", "..."].`,
    );
  }
  return own.data.map((item) => item.trim()).filter((item) => item !== "");
}

function itemsOf(task: Task, checklist: readonly string[]): string[] {
  const items = [...checklist.map((item) => item.trim()).filter((item) => item !== ""), ...ownItems(task)];
  if (items.length > 0 && items.length <= mostItems) return items;
  throw new SettingsError(
    "rubric",
    `The checklist for task ${quote(task.id)} has ${items.length} items; allowed are 1 to ${mostItems}. Write one per line ` +
      '(--rubric FILE), or in the task as "meta": {"checklist": ["..."]}.',
  );
}
