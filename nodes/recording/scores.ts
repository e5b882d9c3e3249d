import { countSamples } from "../../policies/samples.ts";
import { meanScore } from "../../policies/scores.ts";
import { mainObjective, memberOf, samplesIn, type MeasuredColumn, type OpenMember } from "../../state/archive.ts";
import type { Audit, GenerationRecord, Measured } from "../../state/evidence.ts";
import type { Hash } from "../../state/json.ts";
import { openColumn } from "../../stores/payload/members.ts";
import type { Payload } from "../../stores/payload/payload.ts";

interface KnownScores {
  /** Validation tasks in use. */
  inUse: number;
  columns: readonly MeasuredColumn[];
  members: readonly OpenMember[];
  audit: Audit | null;
  payload: Payload;
}

/** What is known of a program on the validation tasks; without a column of all in use, on those of the audit. */
export async function scoresOf(program: Hash, { inUse, columns, members, audit, payload }: KnownScores) {
  const measuredNow = memberOf(columns, program);
  const column = memberOf(members, program)?.values ?? (await openColumn(measuredNow?.column ?? null, payload));
  const values = column[mainObjective] ?? [];
  const isWhole = values.length > 0 && values.length >= inUse;
  const missing = values.filter((value) => value === null).length;
  const { [mainObjective]: _, ...means } = (measuredNow ?? memberOf(members, program))?.means ?? {};
  // The beginning of a column says what need not be asked again, and nothing of the whole.
  if (!isWhole) return { ...auditedScore(program, audit), missing, means: {}, samples: null };
  return {
    score: meanScore(values),
    tasks: values.length - missing,
    missing,
    means,
    samples: countSamples(samplesIn(column)),
  };
}

/** The score of a candidate on the validation tasks in use; null where it was not asked all of them. */
export async function wholeScore(
  { column, means }: Pick<Measured, "column" | "means">,
  { inUse, payload }: Pick<KnownScores, "inUse" | "payload">,
): Promise<number | null> {
  const values = (await openColumn(column, payload))[mainObjective] ?? [];
  return values.length >= inUse ? (means[mainObjective] ?? null) : null;
}

/** Where nothing new is known of the head, what was known of it after the last generation. */
export function standingScores(
  head: Hash,
  now: Awaited<ReturnType<typeof scoresOf>>,
  last: GenerationRecord | null,
): typeof now {
  if (now.score !== null || last?.head !== head) return now;
  return { ...now, score: last.headScore, tasks: last.headTasks };
}

function auditedScore(program: Hash, audit: Audit | null): { score: number | null; tasks: number } {
  const isKnown = program === audit?.program || program === audit?.checked;
  if (audit === null || !isKnown) return { score: null, tasks: 0 };
  const { means, counts } = audit;
  const score = program === audit.program ? means.program : means.checked;
  return { score, tasks: score === null ? 0 : counts.asked - counts.missing };
}
