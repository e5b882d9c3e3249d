/** A provider that asks for a longer wait than this says nothing that anybody would wait for. Milliseconds. */
const longestAsked = 31 * 24 * 3_600_000;

/**
 * What `retry-after-ms` and `Retry-After` (seconds, or a date) ask for, in milliseconds. What is not of that form, is in the
 * past or lies more than a month ahead is as if it were not there. `today` is the time of day since 1970.
 */
export function waitAsked(headers: Headers | undefined, today: number): number | undefined {
  const after = headers?.get("retry-after");
  return (
    within(countIn(headers?.get("retry-after-ms"))) ??
    within(secondsIn(after)) ??
    within(untilDate(after, dateIn(headers?.get("date")) ?? today))
  );
}

function within(wait: number | undefined): number | undefined {
  return wait !== undefined && wait >= 0 && wait <= longestAsked ? wait : undefined;
}

function countIn(text: string | null | undefined): number | undefined {
  return /^\d{1,12}(?:\.\d{1,9})?$/.test(text ?? "") ? Number(text) : undefined;
}

function secondsIn(text: string | null | undefined): number | undefined {
  const seconds = countIn(text);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** By the server's own clock where it gives the time, which may be another one than ours. */
function untilDate(text: string | null | undefined, now: number): number | undefined {
  const date = dateIn(text);
  return date === undefined || date <= now ? undefined : date - now;
}

const months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
/** The form of dates in HTTP that everybody must write, such as Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110, 5.6.7). */
const dateForm = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d (?:${months}) \\d{4} \\d\\d:\\d\\d:\\d\\d GMT$`);

/** `Date.parse` alone takes "-43" for a year. */
function dateIn(text: string | null | undefined): number | undefined {
  if (!dateForm.test(text ?? "")) return undefined;
  const date = Date.parse(text ?? "");
  return Number.isNaN(date) ? undefined : date;
}
