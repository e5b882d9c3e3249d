import { jsonSpans, type Span } from "./json-spans.ts";
import { withoutThoughts } from "./thoughts.ts";

/** More values than a reply has that is meant for anybody; those at the end count. */
const mostValues = 100;

/**
 * The values of JSON that a reply may mean, the likeliest first: the whole of it, or else objects and lists among other words,
 * those in blocks of code before others and the last before the first, as models draft before they decide. A text that is the
 * whole reply may hold the JSON in its turn. Thoughts are no part of a reply.
 */
export function jsonIn(reply: string): unknown[] {
  const text = withoutThoughts(reply).trim();
  const whole = parsed(text);
  if (whole !== undefined)
    return typeof whole.value === "string" ? [whole.value, ...valuesIn(whole.value)] : [whole.value];
  return valuesIn(text);
}

function valuesIn(text: string): unknown[] {
  const spans = jsonSpans(text).slice(-mostValues).toReversed();
  const isInCode = ({ start }: Span) => /`{3}\w*\s*$/.test(text.slice(Math.max(0, start - 20), start));
  const ordered = [...spans.filter(isInCode), ...spans.filter((span) => !isInCode(span))];
  return ordered.flatMap(({ start, end }) => parsed(text.slice(start, end)) ?? []).map(({ value }) => value);
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
