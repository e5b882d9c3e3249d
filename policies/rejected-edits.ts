import { z } from "zod";
import type { GenerationRecord } from "../state/evidence.ts";
import { Hash, type Json } from "../state/json.ts";
import type { Policy } from "./policy.ts";

/** Edits that the gate has rejected: hashes of edit lists in the payload, oldest first. */
export interface RejectedEdits extends Policy {
  /** The epoch and the episode of the generation, where the recipe has them. */
  decide(of: { epoch: number | null; episode?: number | null }, memory: Json): Hash[];
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

const OfSpan = z.strictObject({ number: z.int().nonnegative(), edits: Rejected });

/** The candidates rejected in this span of generations, regardless of acceptances, at most as many as the setting `rejected` allows. */
function rejectedWithin(span: "epoch" | "episode"): RejectedEdits {
  return {
    name: `rejected.in-${span}`,
    version: 1,
    memory: {
      schema: OfSpan,
      start: { number: 0, edits: [] },
      maxBytes: 16_000,
      learn(memory, record, settings) {
        const known = OfSpan.parse(memory);
        const number = record[span]?.number ?? known.number;
        const before = number === known.number ? known.edits : [];
        return { number, edits: [...before, ...turnedDown(triedIn(record))].slice(-settings.rejected) };
      },
    },
    decide({ [span]: number }, memory) {
      const known = OfSpan.parse(memory);
      return number === null || number === undefined || number === known.number ? known.edits : [];
    },
  };
}

/**
 * SkillOpt's step buffer, empty at the start of each epoch (arXiv 2605.23904, engine/trainer.py [C]). That proposers may not propose its edits
 * again is ours [R].
 */
export const rejectedInEpoch: RejectedEdits = rejectedWithin("epoch");

/** What was rejected for the tasks of an episode may be right for those of another (ours [R]). */
export const rejectedInEpisode: RejectedEdits = rejectedWithin("episode");
