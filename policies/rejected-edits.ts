import { z } from "zod";
import type { GenerationRecord } from "../state/evidence.ts";
import { Hash, type Json } from "../state/json.ts";
import type { Policy } from "./policy.ts";

/** Edits that the gate has rejected: hashes of edit lists in the payload, oldest first. */
export interface RejectedEdits extends Policy {
  decide(of: { epoch: number | null }, memory: Json): Hash[];
}

const Rejected = z.array(Hash);

/** Remembers the candidates rejected by the gate or the guard since the last acceptance, at most as many as the setting `rejected` allows. */
export const rejectedSinceAccepted: RejectedEdits = {
  name: "rejected.since-accepted",
  version: 1,
  memory: {
    schema: Rejected,
    start: [],
    maxBytes: 16_000,
    learn(memory, record, settings) {
      const tried = triedIn(record);
      if (tried.some(({ verdict }) => verdict.accepted)) return [];
      return [...Rejected.parse(memory), ...turnedDown(tried)].slice(-settings.rejected);
    },
  },
  decide: (_, memory) => Rejected.parse(memory),
};

/** Remembers none. */
export const noneRejected: RejectedEdits = { name: "rejected.none", version: 1, decide: () => [] };

function triedIn({ candidate, verdict, others }: GenerationRecord) {
  return [...(candidate === null ? [] : [{ candidate, verdict }]), ...others];
}

function turnedDown(tried: ReturnType<typeof triedIn>): Hash[] {
  return tried.filter(({ verdict }) => verdict.decided && !verdict.accepted).map(({ candidate }) => candidate.edits);
}

const OfEpoch = z.strictObject({ epoch: z.int().nonnegative(), edits: Rejected });

/**
 * Remembers the candidates rejected in this epoch, regardless of acceptances, at most as many as the setting `rejected` allows: SkillOpt's
 * step buffer, empty at the start of each epoch (arXiv 2605.23904, engine/trainer.py [C]). That proposers may not propose them again is ours [R].
 */
export const rejectedInEpoch: RejectedEdits = {
  name: "rejected.in-epoch",
  version: 1,
  memory: {
    schema: OfEpoch,
    start: { epoch: 0, edits: [] },
    maxBytes: 16_000,
    learn(memory, record, settings) {
      const known = OfEpoch.parse(memory);
      const epoch = record.epoch?.number ?? known.epoch;
      const before = epoch === known.epoch ? known.edits : [];
      return { epoch, edits: [...before, ...turnedDown(triedIn(record))].slice(-settings.rejected) };
    },
  },
  decide({ epoch }, memory) {
    const known = OfEpoch.parse(memory);
    return epoch === null || epoch === known.epoch ? known.edits : [];
  },
};
