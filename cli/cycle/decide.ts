import { tell } from "../terminal/door.ts";
import { runRecordOf } from "../../runs/run-lookup.ts";
import { resultOf } from "../../runs/result.ts";
import { resume } from "../../runs/cycle/resume.ts";
import { openRuns } from "../../runs/session.ts";
import type { ExecutorName } from "../../runs/store.ts";
import type { ApprovalRequest } from "../../state/approval.ts";
import { RunError } from "../../state/errors.ts";
import { answerOnly } from "./approval.ts";
import { follow, limitsIn, type LimitFlags } from "./follow.ts";
import { createNotes } from "../terminal/notes.ts";
import { outFolder, prepareOut } from "./out.ts";
import { partsOfRun } from "../parts/parts.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { openStoreFor } from "../parts/store.ts";

export interface DecideFlags extends LimitFlags, MergedFlags {
  because?: string;
  concurrency: number;
  executor: ExecutorName;
  out?: string;
  store: string;
  json?: boolean;
  quiet?: boolean;
}

/** Answers what a waiting run asks, and goes on with it. */
export async function decideCommand(
  name: string,
  { accept, flags }: { accept: boolean; flags: DecideFlags },
): Promise<number> {
  const { because, concurrency, executor } = flags;
  const { store, close } = await openStoreFor(flags.store, { create: false });
  try {
    const runs = openRuns(store);
    const record = await runRecordOf(runs, name);
    const { asked } = await resultOf(runs, record);
    if (asked === null) {
      const text = `Run "${record.name}" is not waiting for an answer. See skillgraph show ${record.name}.`;
      throw new RunError("generation", record.name, text);
    }
    prepareOut(outFolder(record.name, flags.out), undefined);
    const note = createNotes(flags);
    const answer = { accept, ...(because === undefined ? {} : { because }) };
    const approve = answerOnly(asked, {
      answer,
      onAnswer: () =>
        note(
          `run ${record.name}: the candidate of generation ${asked.generation} is ${accept ? "approved" : "rejected"}`,
        ),
      onOther: () => tell(answered(record.name, asked)),
    });
    const parts = { ...(await partsOfRun(record, flags.own)), approve };
    const run = await resume(name, { ...parts, store, concurrency, executor, limits: limitsIn(flags) });
    return await follow(run, { ...flags, settings: record.input.settings, from: store });
  } finally {
    await close();
  }
}

function answered(run: string, { generation }: ApprovalRequest): string {
  return (
    `The question of generation ${generation} was answered in the meantime, and run ${run} now asks another one. ` +
    `Your answer was not used. See: skillgraph show ${run}\n`
  );
}
