import { hashJson, type Json } from "../../state/json.ts";
import { fieldsOf, plainOf } from "../replies/plain.ts";

interface ToolCall {
  id: string;
  name: string;
  args: Record<string, Json>;
}

/** A call that nobody can make: its arguments are not an object of JSON, or it names no tool. */
interface InvalidToolCall {
  id: string;
  name: string;
  args: string;
  error: string;
}

/** A call as a server or a client gives it: arguments may be JSON text or an object, and anything may be missing. */
export interface ForeignCall {
  id?: unknown;
  name?: unknown;
  args?: unknown;
  error?: unknown;
}

export interface ToolCalls {
  calls: ToolCall[];
  invalid: InvalidToolCall[];
}

/**
 * The calls of one reply. One without an id, or with the id of another, is given one that is drawn from what the model was
 * sent and the place of the call, so that the same reply always has the same ids.
 */
export function readToolCalls(given: readonly ForeignCall[], sends: Json): ToolCalls {
  const taken = new Set<string>();
  const read: ToolCalls = { calls: [], invalid: [] };
  for (const [index, call] of given.entries()) {
    const id = idOf(call, { taken, sends, index });
    taken.add(id);
    const name = typeof call.name === "string" ? call.name : "";
    const args = call.error === undefined ? argsOf(call.args) : undefined;
    if (name !== "" && args !== undefined) read.calls.push({ id, name, args });
    else {
      const error =
        typeof call.error === "string" ? call.error : name === "" ? "it names no tool" : "not a JSON object";
      read.invalid.push({ id, name, args: textOf(call.args), error });
    }
  }
  return read;
}

/** Nine letters and digits, which is the form that the strictest servers ask for. */
function idOf({ id }: ForeignCall, { taken, ...place }: { taken: Set<string>; sends: Json; index: number }): string {
  if (typeof id === "string" && id !== "" && !taken.has(id)) return id;
  for (let attempt = 0; ; attempt += 1) {
    const made = hashJson({ ...place, attempt }).slice(0, 9);
    if (!taken.has(made)) return made;
  }
}

/** No arguments are an empty object; some servers write the text of a JSON text. */
function argsOf(given: unknown): Record<string, Json> | undefined {
  if (given === undefined || given === null) return {};
  let value: unknown = given;
  for (let layer = 0; typeof value === "string" && layer < 2; layer += 1) {
    if (value.trim() === "") return {};
    try {
      value = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  return fieldsOf(plainOf(value)) as Record<string, Json>;
}

const textOf = (args: unknown) => (typeof args === "string" ? args : (JSON.stringify(plainOf(args)) ?? ""));
