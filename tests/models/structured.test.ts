import type { BaseMessage } from "@langchain/core/messages";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { askFor } from "../../models/replies/structured.ts";

/** Answers one text after the other, and remembers what it was sent. */
class Recorder extends SimpleChatModel {
  readonly sent: Array<{ texts: string[]; options: object }> = [];
  readonly #responses: string[];
  readonly #takesSchema: boolean;

  constructor(responses: string[], takesSchema: boolean) {
    super({});
    this.#responses = responses;
    this.#takesSchema = takesSchema;
  }

  override get profile(): ModelProfile {
    return { structuredOutput: this.#takesSchema };
  }

  override _llmType(): string {
    return "recorder";
  }

  override async _call(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<string> {
    this.sent.push({ texts: messages.map(({ text }) => text), options });
    return this.#responses[this.sent.length - 1] ?? "";
  }
}

const schema = z.strictObject({ label: z.string(), weight: z.number() });
const good = '{"label":"a","weight":1}';

async function ask(responses: string[], takesSchema = false) {
  const model = new Recorder(responses, takesSchema);
  const messages = [new SystemMessage("rules"), new HumanMessage("question")];
  const value = await askFor({ model, messages, schema, name: "label" }).catch((error: Error) => error);
  return { value, sent: model.sent };
}

describe("a reply in a schema", () => {
  test("is asked for with the schema in words at the end of the last message", async () => {
    const { value, sent } = await ask([good]);
    expect(value).toEqual({ label: "a", weight: 1 });
    expect(sent[0]?.texts).toEqual([
      "rules",
      expect.stringMatching(/^question\n\n[\s\S]*"weight":\{"type":"number"\}/),
    ]);
    expect(sent[0]?.options).not.toHaveProperty("response_format");
  });

  test("is asked for with a response format where the model takes one", async () => {
    const { value, sent } = await ask([good], true);
    expect(value).toEqual({ label: "a", weight: 1 });
    expect(sent[0]?.texts).toEqual(["rules", "question"]);
    expect(sent[0]?.options).toMatchObject({
      response_format: {
        type: "json_schema",
        json_schema: { name: "label", strict: true, schema: { required: ["label", "weight"] } },
      },
    });
  });

  test("is not held to a schema to the letter where fields may be absent", async () => {
    const model = new Recorder(["{}"], true);
    const open = z.strictObject({ label: z.string().optional() });
    await askFor({ model, messages: [new HumanMessage("q")], schema: open, name: "label" });
    expect(model.sent[0]?.options).toMatchObject({ response_format: { json_schema: { strict: false } } });
  });

  test.each([
    ["a fence", `\`\`\`json\n${good}\n\`\`\``],
    ["a fence among words", `Here it is:\n\`\`\`\n${good}\n\`\`\`\nDone.`],
    ["thoughts before it", `<think>\nMaybe \`\`\`x\`\`\`?\n</think>\n${good}`],
    ["white space around it", `\n ${good}\n`],
  ])("may have %s", async (_, text) => {
    expect((await ask([text])).value).toEqual({ label: "a", weight: 1 });
  });

  test("may hold a fence in a text of its own", async () => {
    const text = `\`\`\`json\n${JSON.stringify({ label: "```js\n1\n```", weight: 1 })}\n\`\`\``;
    expect((await ask([text])).value).toEqual({ label: "```js\n1\n```", weight: 1 });
  });

  test.each([
    ["no JSON", "I would say a.", "not JSON"],
    ["a JSON that is cut off", '{"label":"a","wei', "not JSON"],
    ["a number as a text", '{"label":"a","weight":"1"}', "expected number"],
    ["a field too many", '{"label":"a","weight":1,"sure":true}', "sure"],
  ])("that is %s is shown to the model once, with what is wrong", async (_, text, problem) => {
    const { value, sent } = await ask([text, good]);
    expect(value).toEqual({ label: "a", weight: 1 });
    expect(sent).toHaveLength(2);
    expect(sent[1]?.texts.at(-2)).toBe(text);
    expect(sent[1]?.texts.at(-1)).toContain(problem);
  });

  test("that does not fit again is a failed call, and no third one is made", async () => {
    const { value, sent } = await ask(["no", '{"label":1,"weight":1}', good]);
    expect(value).toMatchObject({
      name: "CallError",
      message: expect.stringMatching(/label as JSON[\s\S]*expected string/),
    });
    expect(sent).toHaveLength(2);
  });
});
