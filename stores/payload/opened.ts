import { z } from "zod";
import { MeasuredColumns, type MeasuredColumn } from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import {
  Ablations,
  Audit,
  GenerationRecord,
  MeasuredCandidates,
  type Ablation,
  type Measured,
} from "../../state/evidence.ts";
import { Json } from "../../state/json.ts";
import { Deficiencies, type Deficiency } from "../../state/study.ts";
import type { Payload } from "./payload.ts";

/** What channels that hold a hash stand for, by the name of the channel; each empty or null before it was written. */
type Reading = Pick<Payload, "json">;

const Memories = z.record(z.string(), Json);

/** The columns of members that the generation uses, measured in it or known before. */
export async function columnsOf({ columns }: Pick<RunState, "columns">, payload: Reading): Promise<MeasuredColumn[]> {
  return columns === null ? [] : payload.json(columns, MeasuredColumns);
}

/** What the trial found of the candidates of the generation. */
export async function measuredOf({ measured }: Pick<RunState, "measured">, payload: Reading): Promise<Measured[]> {
  return measured === null ? [] : payload.json(measured, MeasuredCandidates);
}

/** The audit of the generation; null without one. */
export async function auditOf({ audit }: Pick<RunState, "audit">, payload: Reading): Promise<Audit | null> {
  return audit === null ? null : payload.json(audit, Audit);
}

/** What the head does without some of its skills. */
export async function ablationsOf({ ablations }: Pick<RunState, "ablations">, payload: Reading): Promise<Ablation[]> {
  return ablations === null ? [] : payload.json(ablations, Ablations);
}

/** What failures were traced to, worst first. */
export async function deficienciesOf(
  { deficiencies }: Pick<RunState, "deficiencies">,
  payload: Reading,
): Promise<Deficiency[]> {
  return deficiencies === null ? [] : payload.json(deficiencies, Deficiencies);
}

/** What policies remember, by policy name. */
export async function memoriesOf(
  { memories }: Pick<RunState, "memories">,
  payload: Reading,
): Promise<Record<string, Json>> {
  return memories === null ? {} : payload.json(memories, Memories);
}

/** The entry of the last finished generation in the timeline. */
export async function recordOf(
  { record }: Pick<RunState, "record">,
  payload: Reading,
): Promise<GenerationRecord | null> {
  return record === null ? null : payload.json(record.entry, GenerationRecord);
}
