import { z } from "zod";
import type { Diagnostician } from "../analysts/analyst.ts";
import { Failure } from "../state/study.ts";
import type { Payload } from "../stores/payload.ts";
import { emit, type RunNode } from "./node.ts";

const Failures = z.array(Failure);

/** Traces the failures to places in the skill, worst first. */
export function createDiagnostician(needs: { diagnostician: Diagnostician; payload: Payload }): RunNode {
  const { diagnostician, payload } = needs;
  return async function diagnose({ failures: hash, parent, generation }, runtime) {
    const failures = hash === null ? [] : await payload.json(hash, Failures);
    const deficiencies = await diagnostician.diagnose(failures, await payload.program(parent));
    const categories: Record<string, number> = {};
    for (const { category } of failures) categories[category] = (categories[category] ?? 0) + 1;
    emit(runtime, { type: "deficiencies-found", generation, failures: failures.length, categories });
    return { deficiencies };
  };
}
