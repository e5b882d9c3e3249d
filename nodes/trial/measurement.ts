import { missingVerdict } from "../../policies/acceptance.ts";
import type { Measurement } from "../../policies/trial.ts";
import type { Verdict } from "../../state/evidence.ts";
import type { Arm } from "./arm.ts";

/** Asks all arms on all validation tasks in use. Those that were measured to the end, with few enough results missing, go on. */
export async function measure(
  stage: Measurement,
  arms: readonly Arm[],
  { validation, maxMissing }: { validation: readonly number[]; maxMissing: number },
): Promise<Arm[]> {
  await Promise.all(
    arms.map(async (arm) => {
      const scores = await arm.ask("validation", validation, []);
      const missing = scores.filter((score) => score === null).length;
      arm.verdict = verdictOf({ asked: scores.length, missing, planned: validation.length, maxMissing });
      const counts = { asked: scores.length, planned: validation.length, fixed: 0, broken: 0, missing };
      arm.results.push({ stage: stage.name, evidence: null, counts, verdict: arm.verdict });
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
