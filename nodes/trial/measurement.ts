import { missingVerdict } from "../../policies/acceptances/sequential.ts";
import type { Measurement } from "../../policies/trial.ts";
import type { Evidence, Verdict } from "../../state/evidence.ts";
import type { Payload } from "../../stores/payload/payload.ts";
import type { Arm } from "./arm.ts";
import { columnOf, meansOf } from "./columns.ts";
import { samplesOf } from "./comparison.ts";

interface Needs {
  validation: readonly number[];
  maxMissing: number;
  payload: Pick<Payload, "tokens" | "putJson">;
}

/** Asks all arms on all validation tasks in use. Those that were measured to the end, with few enough results missing, go on. */
export async function measure(
  stage: Measurement,
  arms: readonly Arm[],
  { validation, maxMissing, payload }: Needs,
): Promise<Arm[]> {
  await Promise.all(
    arms.map(async (arm) => {
      const results = await arm.ask("validation", validation, []);
      const missing = results.filter(({ score }) => score === null).length;
      arm.verdict = verdictOf({ asked: results.length, missing, planned: validation.length, maxMissing });
      const counts = { asked: results.length, planned: validation.length, fixed: null, broken: null, missing };
      const tokens = await payload.tokens(arm.candidate.program);
      const evidence: Evidence = {
        suite: "validation",
        against: "none",
        order: "validation",
        columns: {
          task: [...validation],
          candidate: results.map(({ score }) => score?.value ?? null),
          other: validation.map(() => null),
          ...samplesOf(results),
        },
        decidedAt: results.length,
        maxMissing,
        tokens: { candidate: tokens, other: tokens },
        means: { candidate: meansOf(columnOf(results)), other: {} },
        gain: null,
      };
      const hash = await payload.putJson(evidence);
      arm.results.push({ stage: stage.name, evidence: hash, counts, verdict: arm.verdict });
    }),
  );
  return arms.filter(({ verdict }) => verdict.accepted);
}

interface Counts {
  asked: number;
  missing: number;
  planned: number;
  maxMissing: number;
}

function verdictOf({ asked, missing, planned, maxMissing }: Counts): Verdict {
  if (missing > maxMissing * planned) return missingVerdict({ missing, planned, maxMissing });
  if (asked < planned) return { accepted: false, decided: false, reason: "not enough evidence", delta: 0 };
  return { accepted: true, decided: true, reason: "measured", delta: 0 };
}
