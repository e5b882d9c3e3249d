import { permutation, createDraw } from "../state/draw.ts";
import { SettingsError } from "../state/errors.ts";
import { hashJson } from "../state/json.ts";
import type { Answer, Question } from "../state/task.ts";
import type { TaskAgent } from "./agent.ts";

/** A way to put a question. */
export interface PromptTemplate {
  /** What the agent is given, with `{input}` in place of the question. */
  text: string;
  /** The name of the tag that the template asks for around the final answer: the content of the last such element is the answer. A reply without it is left as it is. */
  answerTag?: string;
}

const slot = "{input}";

/**
 * Prompt augmentation (arXiv 2602.03190, wenquanlu/prompt-augmentation-GRPO [C]): the rollouts of a run put their questions by several templates, so that they differ more, and what is learned does not hang
 * on one wording. The source mixes 13 templates while it trains a model, one drawn evenly for each rollout; here they stand before any agent, and each question has the templates in an order of its own, in which its samples go on, so that a
 * task with as many `samples` as there are templates meets each of them once [R]. Which one it is depends on question and sample alone: two programs that are compared meet the same. In the source a format reward holds the model to a template;
 * here the verifier sees a reply that lacks the tag as it is [R]. Throws a SettingsError for templates that cannot be used.
 */
export function createAugmentedAgent(agent: TaskAgent, templates: readonly PromptTemplate[]): TaskAgent {
  refuseBad(templates);
  const { isEmbedded, bound, inspect } = agent;
  return {
    fingerprint: `${agent.fingerprint}, ${templates.length} templates ${hashJson(templates.map(({ text, answerTag = null }) => ({ text, answerTag }))).slice(0, 12)}`,
    ...(isEmbedded === undefined ? {} : { isEmbedded }),
    ...(bound === undefined ? {} : { bound }),
    ...(inspect === undefined ? {} : { inspect: (skills) => inspect.call(agent, skills) }),
    async answer(question, skills, options) {
      const template = templateFor(templates, question, options.sample);
      const input = template.text.replaceAll(slot, () => question.input);
      return withoutTag(await agent.answer({ ...question, input }, skills, options), template);
    },
  };
}

function refuseBad(templates: readonly PromptTemplate[]): void {
  const fail = (problem: string) => {
    throw new SettingsError("templates", problem);
  };
  if (templates.length < 2) fail(`${templates.length} templates; there must be at least two.`);
  for (const [at, { text, answerTag }] of templates.entries()) {
    if (!text.includes(slot)) fail(`Template ${at + 1} lacks ${slot}, where the question goes.`);
    if (answerTag !== undefined && !/^[A-Za-z][\w-]*$/.test(answerTag))
      fail(`The answer tag of template ${at + 1} is "${answerTag}"; give its name alone, such as "answer".`);
    if (templates.slice(0, at).some((other) => other.text === text)) fail(`Template ${at + 1} is there twice.`);
  }
}

function templateFor(templates: readonly PromptTemplate[], question: Question, sample: number): PromptTemplate {
  const order = permutation(templates.length, createDraw(0, 0, `template/${hashJson(question)}`));
  return templates[order[sample % templates.length] as number] as PromptTemplate;
}

function withoutTag(answer: Answer, { answerTag }: PromptTemplate): Answer {
  if (answerTag === undefined) return answer;
  const [open, close] = [`<${answerTag}>`, `</${answerTag}>`];
  const end = answer.text.lastIndexOf(close);
  const start = end === -1 ? -1 : answer.text.lastIndexOf(open, end);
  if (start === -1) return answer;
  return { ...answer, text: answer.text.slice(start + open.length, end).trim() };
}
