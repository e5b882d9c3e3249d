import { AIMessage } from "@langchain/core/messages";
import { parseModelName, type ModelSettings } from "../../models/model-settings.ts";
import { createModel } from "../../models/open-model.ts";
import { jsonIn } from "../../models/replies/json-in.ts";
import { ProviderError } from "../../state/errors.ts";
import { withCalls } from "../../models/calls.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { ok, problem, warning, type Check } from "./check.ts";

interface CallLook {
  title: string;
  /** The model as it is named on the command line. */
  name: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/** How a server may be asked, as far as nobody can know it without asking. */
type Way = Partial<Pick<ModelSettings, "api" | "tokenField">>;

const ways: readonly Way[] = [
  { api: "chat", tokenField: "max_tokens" },
  { api: "chat", tokenField: "max_completion_tokens" },
  { api: "responses" },
];

/** Room for the thoughts of a model that thinks before it says "ok". */
const maxTokens = 1000;

/**
 * A few small calls, each without retries: one as the model is named and, where that fails, those by other settings, until
 * one is answered; then one with a JSON schema. Says which settings work.
 */
export async function checkCalls(look: CallLook): Promise<Check[]> {
  const { title, name } = look;
  const first = await call(look, name);
  if ("cost" in first) return [ok(title, `a test call succeeded (${first.cost})`), await checkSchema(look, name)];
  const failed = problem(title, `The test call failed: ${first.problem}`);
  if (first.isFinal) return [failed];
  for (const way of ways) {
    const other = renamed(name, way);
    if (other === name) continue;
    const tried = await call(look, other);
    if ("cost" in tried)
      return [
        problem(
          title,
          `The test call failed: ${first.problem} It succeeded with other settings (${tried.cost}).`,
          `Write the model as ${other}`,
        ),
        await checkSchema(look, other),
      ];
  }
  return [failed];
}

type Tried = { cost: string; text: string; schemaRefusal: string | undefined } | { problem: string; isFinal: boolean };

/** `isFinal` where other settings would change nothing: no server, no right, no credit. */
async function call({ environment }: CallLook, name: string, options: object = {}): Promise<Tried> {
  const { settings } = parseModelName(name);
  const limits = { attempts: 1, timeLimit: 60, maxTokens: settings.maxTokens ?? maxTokens };
  const model = await createModel(name, { environment, ...limits, warn: () => undefined });
  const ledger = createLedger({ store: createMemoryStore(), family: "doctor", run: "doctor" });
  const work = { name: () => "doctor", ledger, signal: new AbortController().signal };
  try {
    const { value, cost } = await withCalls(work, () => model.invoke(question, options));
    return {
      text: AIMessage.isInstance(value) ? value.text : "",
      schemaRefusal: model.schemaRefusal(),
      cost: `${cost.inputTokens} tokens in, ${cost.outputTokens} out`,
    };
  } catch (error) {
    const isFinal = error instanceof ProviderError && ![400, 404, 405, 422].includes(error.status ?? 0);
    return { problem: (error as Error).message, isFinal };
  }
}

const question = 'Reply with the word ok and nothing else. Where JSON is asked for, reply {"word": "ok"}.';
const properties = { word: { type: "string" } };
const schema = { type: "object", properties, required: ["word"], additionalProperties: false };
const format = { type: "json_schema", json_schema: { name: "word", schema, strict: true } };

/** Whether a reply can be asked for in a JSON schema, where the settings say that it will be. */
async function checkSchema(look: CallLook, name: string): Promise<Check> {
  const { title } = look;
  if (parseModelName(name).settings.takesSchema === false)
    return ok(title, "JSON schemas are put into the prompt (takes-schema=false)");
  const tried = await call(look, name, { response_format: format });
  const why = "text" in tried ? (tried.schemaRefusal ?? problemWith(tried.text)) : tried.problem;
  if (why === undefined) return ok(title, "it supports JSON schemas as response format");
  return warning(
    title,
    `It does not support JSON schemas as response format: ${why}`,
    `Write the model as ${renamed(name, { takesSchema: false })}`,
  );
}

function problemWith(text: string): string | undefined {
  return jsonIn(text).some((value) => typeof value === "object") ? undefined : "its reply was not JSON";
}

/** The name with these settings in it, and without those that do not go with them. */
function renamed(name: string, { api, tokenField, takesSchema }: Way & { takesSchema?: boolean }): string {
  const [model, query = ""] = name.split(/\?(.*)/s);
  const kept = query.split("&").filter((each) => {
    const [key = ""] = each.split("=");
    if (key === "") return false;
    if (takesSchema !== undefined) return key !== "takes-schema";
    return key !== "api" && key !== "token-field" && !(api === "responses" && key === "seed");
  });
  const added = [
    ...(api === "responses" ? ["api=responses"] : []),
    ...(tokenField === undefined ? [] : [`token-field=${tokenField}`]),
    ...(takesSchema === undefined ? [] : [`takes-schema=${takesSchema}`]),
  ];
  return `${model}?${[...kept, ...added].join("&")}`;
}
