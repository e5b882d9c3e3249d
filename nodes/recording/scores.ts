import { countSamples } from "../../policies/samples.ts";
import { meanScore } from "../../policies/scores.ts";
import { mainObjective, memberOf, samplesIn, type MeasuredColumn, type OpenMember } from "../../state/archive.ts";
import type { Audit, GenerationRecord } from "../../state/evidence.ts";
import type { Hash } from "../../state/json.ts";
import { openColumn } from "../../stores/payload/members.ts";
import type { Payload } from "../../stores/payload/payload.ts";

interface KnownScores {
  columns: readonly MeasuredColumn[];
  members: readonly OpenMember[];
  audit: Audit | null;
  payload: Payload;
}

/** What is known of a program on the validation tasks: by its column, or where that has fewer of them, by the audit. */
export async function scoresOf(program: Hash, { columns, members, audit, payload }: KnownScores) {
  const measuredNow = memberOf(columns, program);
  const column = memberOf(members, program)?.values ?? (await openColumn(measuredNow?.column ?? null, payload));
  const values = column[mainObjective] ?? [];
  const missing = values.filter((value) => value === null).length;
  const { [mainObjective]: _, ...means } = (measuredNow ?? memberOf(members, program))?.means ?? {};
  const measured = { score: meanScore(values), tasks: values.length - missing };
  const audited = auditedScore(program, audit);
  const known = audited.tasks > measured.tasks ? audited : measured;
  return { ...known, missing, means, samples: countSamples(samplesIn(column)) };
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
