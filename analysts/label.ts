import type { Json } from "../state/json.ts";

/** The answer a task expects, as text; null where it is not one text, number or truth value. */
export function labelOf(expected: Json | null): string | null {
  if (typeof expected === "string") return expected;
  return typeof expected === "number" || typeof expected === "boolean" ? String(expected) : null;
}
