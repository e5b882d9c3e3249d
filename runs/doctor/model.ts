import { z } from "zod";
import { FaultyReply } from "../../models/faults.ts";
import { ask } from "../../models/dialects/http.ts";
import { parseModelName } from "../../models/model-settings.ts";
import { serverIn, type ServerAddress } from "../../models/server.ts";
import { ok, problem, warning, type Check } from "./check.ts";
import { checkCalls } from "./model-calls.ts";

export interface ModelLook {
  /** The model as it is named on the command line. */
  name: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** Whether to make one call that costs. */
  call: boolean;
}

const seconds = 20;

/** Whether a model can be asked: its key is there (which is never shown), its server answers and knows it. */
export async function checkModel({ name, environment, call }: ModelLook): Promise<Check[]> {
  const { model, settings } = parseModelName(name);
  const { addressName, keyName, address, key, isDefault } = serverIn(environment, settings.server);
  const title = `model ${model}`;
  if (address === undefined) {
    const advice = `Set ${addressName} in the environment or in .env, such as http://localhost:11434/v1.`;
    return [problem(title, `${addressName} is not set.`, advice)];
  }
  const known = checkKey({ keyName, key, addressName, isDefault });
  if (known.status === "problem") return [known];
  const listed = await checkList({ title, model, address, key });
  if (!call || listed.status === "problem") return [known, listed];
  return [known, listed, ...(await checkCalls({ title, name, environment }))];
}

interface Key {
  keyName: string;
  key: string | undefined;
  addressName: string;
  isDefault: boolean;
}

function checkKey({ keyName, key, addressName, isDefault }: Key): Check {
  if (key !== undefined) return ok("key", `${keyName} is set`);
  if (!isDefault) return ok("key", `${keyName} is not set, which is fine for a server that requires no key`);
  const advice = `Set ${keyName} in the environment or in .env, or ${addressName} to the address of a local server.`;
  return problem("key", `${keyName} is not set.`, advice);
}

interface ListLook {
  title: string;
  model: string;
  address: ServerAddress;
  key: string | undefined;
}

const ModelList = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/** Asks for the list of models, which costs nothing. */
async function checkList({ title, model, address, key }: ListLook): Promise<Check> {
  const place = address.shown;
  let answer: Awaited<ReturnType<typeof ask>>;
  try {
    const signal = AbortSignal.timeout(seconds * 1000);
    answer = await ask({ url: address.urlOf("models"), headers: address.headersFor(key), signal });
  } catch (error) {
    if (error instanceof FaultyReply) return problem(title, error.message);
    const advice = "Check the address, and that the server is running.";
    return problem(title, `Cannot reach ${place}: ${causeOf(error)}.`, advice);
  }
  const { status, text } = answer;
  if (status === 401 || status === 403)
    return problem(title, `${place} rejected the key (${status}).`, "Check the key and its permissions.");
  if (status === 404 || status === 405)
    return warning(
      title,
      `${place} is reachable, but does not list its models.`,
      "Use --call to make a few small test calls.",
    );
  if (status < 200 || status > 299)
    return problem(title, `${place} returned HTTP ${status}.`, "Check the address and the server's log.");
  const list = ModelList.safeParse(parsed(text));
  if (!list.success)
    return warning(
      title,
      `${place} is reachable, but its model list has an unexpected format.`,
      "Use --call to make a few small test calls.",
    );
  const ids = list.data.data.map(({ id }) => id);
  if (ids.includes(model)) return ok(title, `available at ${place}`);
  const some = ids.slice(0, 5).join(", ") || "none";
  return warning(
    title,
    `${place} is reachable, but does not list this model; it lists ${some}.`,
    "Check the name, or use --call to make a few small test calls.",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function causeOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return `timed out after ${seconds} seconds`;
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
