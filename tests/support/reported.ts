import { branch } from "../../runs/cycle/branch.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { readReport, type RunReport } from "../../runs/report/report.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "./world.ts";

/** A finished run, a branch of it that went on, and one that waits. */
export async function openReported(): Promise<{ store: RecordStore; report: RunReport }> {
  const store = createMemoryStore();
  const start = {
    ...houseParts(),
    program: houseProgram,
    tasks: houseSuites,
    settings: houseSettings,
    run: "house",
    store,
  };
  await (await optimize(start)).result();
  await branch("house", { ...houseParts(), at: 2, settings: { edits: 1 }, as: "more", store });
  await (await resume("more", { ...houseParts(), store })).result();
  await branch("house", { ...houseParts(), at: 1, as: "waiting", store });
  return { store, report: await readReport("house", { store }) };
}

/** Everything that text in a page may try, with what nobody sees among it. */
export const hostile = `</script></pre></td></svg><script>alert(1)</script><img src="https://example.com/x" onerror=alert(2)>'"&amp;\u0000\u0007\u202e\u200b\ud800`;

/** The report with hostile text wherever a task, a skill, a part or a person could have put it. */
export function hostileReport(report: RunReport): RunReport {
  const { result, timeline, family, maps, fingerprints, test } = report;
  const map = ({ rows, ...rest }: RunReport["maps"]["train"]) => ({
    ...rest,
    rows: rows.map((row) => ({ ...row, task: hostile, input: hostile })),
  });
  return {
    ...report,
    test,
    result: { ...result, run: hostile, reason: hostile, held: [{ suite: "train", task: hostile }] },
    fingerprints: { ...fingerprints, agent: hostile, analyst: hostile, verifier: hostile },
    timeline: timeline.map((record) => ({
      ...record,
      verdict: { ...record.verdict, reason: hostile },
      deficiencies: [{ category: hostile, defect: "missing" as const, tasks: 3 }],
      candidate:
        record.candidate === null
          ? null
          : { ...record.candidate, origin: { operator: hostile, target: hostile, features: {} } },
    })),
    operations: [
      {
        generation: 1,
        operations: [{ operation: "write", path: hostile, to: hostile, success: false, message: hostile }],
      },
    ],
    family: { ...family, runs: family.runs.map((run) => ({ ...run, run: `${run.run} ${hostile}` })) },
    maps: { validation: map(maps.validation), train: map(maps.train) },
    diff: report.diff
      .split("\n")
      .map((line) => line + hostile)
      .join("\n"),
    warnings: [hostile],
  };
}
