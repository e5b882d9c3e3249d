import { z } from "zod";
import { parseModelName } from "../../models/model-settings.ts";
import { createModel } from "../../models/open-model.ts";
import { serverIn } from "../../models/server.ts";
import { withCalls } from "../../models/calls.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { ok, problem, warning, type Check } from "./check.ts";

export interface ModelLook {
  /** The model as it is named on the command line. */
  name: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** Whether to make one call that costs. */
  call: boolean;
}

const seconds = 20;

/** Whether a model can be asked: its key is there (which is never told), its server answers and knows it. */
export async function checkModel({ name, environment, call }: ModelLook): Promise<Check[]> {
  const { model, settings } = parseModelName(name);
  const { addressName, keyName, address: base, key, isDefault } = serverIn(environment, settings.server);
  const title = `model ${model}`;
  if (base === undefined || !URL.canParse(base)) {
    const what = base === undefined ? `${addressName} is not set.` : `${addressName} is no URL.`;
    return [
      problem(title, what, `Set ${addressName} in the environment or in .env, such as http://localhost:11434/v1.`),
    ];
  }
  const { origin, pathname } = new URL(base);
  const place = `${origin}${pathname}`;
  const known = checkKey({ keyName, key, addressName, isDefault });
  if (known.status === "problem") return [known];
  const listed = await checkList({ title, model, base, key, place });
  if (!call || listed.status === "problem") return [known, listed];
  return [known, listed, await checkCall({ title, name, environment })];
}

interface Key {
  keyName: string;
  key: string | undefined;
  addressName: string;
  isDefault: boolean;
}

function checkKey({ keyName, key, addressName, isDefault }: Key): Check {
  if (key !== undefined) return ok("key", `${keyName} is set`);
  if (!isDefault) return ok("key", `${keyName} is not set, which is right for a server that asks for none`);
  const advice = `Set ${keyName} in the environment or in .env, or ${addressName} to the address of a local server.`;
  return problem("key", `${keyName} is not set.`, advice);
}

interface ListLook {
  title: string;
  model: string;
  base: string;
  key: string | undefined;
  place: string;
}

const ModelList = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/** Asks for the list of models, which costs nothing. */
async function checkList({ title, model, base, key, place }: ListLook): Promise<Check> {
  let response: Response;
  try {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const signal = AbortSignal.timeout(seconds * 1000);
    response = await fetch(`${base.replace(/\/+$/, "")}/models`, { headers, signal });
  } catch (error) {
    return problem(
      title,
      `${place} cannot be reached: ${causeOf(error)}.`,
      "Check the address, and whether the server runs.",
    );
  }
  const { status } = response;
  if (status === 401 || status === 403)
    return problem(title, `${place} refuses the key (${status}).`, "Check the key and its rights.");
  if (status === 404 || status === 405)
    return warning(title, `${place} answers, but has no list of models.`, "--call makes one small call.");
  if (!response.ok) return problem(title, `${place} answers ${status}.`, "Check the address and the server's log.");
  const list = ModelList.safeParse(await response.json().catch(() => null));
  if (!list.success)
    return warning(title, `${place} answers, but not with a list of models.`, "--call makes one small call.");
  const ids = list.data.data.map(({ id }) => id);
  if (ids.includes(model)) return ok(title, `${place} answers and has it`);
  const some = ids.slice(0, 5).join(", ") || "none";
  return warning(
    title,
    `${place} answers, but does not list it; it lists ${some}.`,
    "Check the name; --call makes one small call.",
  );
}

function causeOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${seconds} seconds`;
  const { cause, message } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? message;
}

interface CallLook {
  title: string;
  name: string;
  environment: ModelLook["environment"];
}

/** One small call, without retries; an answer of any kind will do. */
async function checkCall({ title, name, environment }: CallLook): Promise<Check> {
  const model = await createModel(name, { environment, attempts: 1, timeLimit: 60 });
  const ledger = createLedger({ store: createMemoryStore(), family: "doctor", run: "doctor" });
  const work = { name: () => "doctor", ledger, signal: new AbortController().signal };
  try {
    const { cost } = await withCalls(work, () => model.invoke("Reply with the word ok and nothing else."));
    const { inputTokens, outputTokens } = cost;
    return ok(title, `it answered a call (${inputTokens} tokens in, ${outputTokens} out)`);
  } catch (error) {
    return problem(title, `A call failed: ${(error as Error).message}`);
  }
}
