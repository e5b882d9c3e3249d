import { z } from "zod";
import type { GenerationRecord } from "../state/evidence.ts";
import { Hash, type Json } from "../state/json.ts";
import type { Policy } from "./policy.ts";

/** Edits that the gate has rejected: hashes of edit lists in the payload, oldest first. */
export interface RejectedEdits extends Policy {
  /** The epoch and the episode of the generation, where the recipe has them, and the program that is edited. */
  decide(of: { epoch: number | null; episode?: number | null; parent?: Hash | undefined }, memory: Json): Hash[];
}

const Rejected = z.array(Hash);

/**
 * Remembers the candidates rejected by the gate since the last acceptance, at most as many as the setting `rejected` allows. One that makes a
 * provisional head is none: what an audit undid stays remembered until the next head is checked.
 */
export const rejectedSinceAccepted: RejectedEdits = {
  name: "rejected.since-accepted",
  version: 1,
  memory: {
    schema: Rejected,
    start: [],
    maxBytes: 16_000,
    learn(memory, record, settings) {
      const isAccepted = triedIn(record).some(({ verdict }) => verdict.accepted);
      if (isAccepted && record.standing !== "provisional") return [];
      return latest([...Rejected.parse(memory), ...turnedDown(record)], settings.rejected);
    },
  },
  decide: (_, memory) => Rejected.parse(memory),
};

/** Remembers none. */
export const noneRejected: RejectedEdits = { name: "rejected.none", version: 1, decide: () => [] };

function triedIn({ candidate, verdict, others }: GenerationRecord) {
  return [...(candidate === null ? [] : [{ candidate, verdict }]), ...others];
}

/** What an audit undid, and what was decided against. */
function turnedDown(record: GenerationRecord): Hash[] {
  const rejected = triedIn(record).filter(({ verdict }) => verdict.decided && !verdict.accepted);
  return [...(record.audit?.undone ?? []), ...rejected.map(({ candidate }) => candidate.edits)];
}

/** The last ones, each once, at its last place. */
function latest(edits: readonly Hash[], most: number): Hash[] {
  return [...new Set(edits.toReversed())].slice(0, most).toReversed();
}

/** Remembers the candidates rejected in the whole run, over acceptances and epochs, and in branches of it; at most as many as the setting `rejected` allows. */
export const rejectedEver: RejectedEdits = {
  name: "rejected.ever",
  version: 1,
  memory: {
    schema: Rejected,
    start: [],
    maxBytes: 16_000,
    learn: (memory, record, settings) => latest([...Rejected.parse(memory), ...turnedDown(record)], settings.rejected),
  },
  decide: (_, memory) => Rejected.parse(memory),
};

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
        return { number, edits: latest([...before, ...turnedDown(record)], settings.rejected) };
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

const OfParents = z.array(z.strictObject({ parent: Hash, edits: Hash }));

/**
 * The edits that were made of the same program before, whatever became of them, so that children of one node of a tree differ (ours [R]); at most as many
 * as the setting `rejected` allows, of all programs together.
 */
export const triedOnParent: RejectedEdits = {
  name: "rejected.on-parent",
  version: 1,
  memory: {
    schema: OfParents,
    start: [],
    maxBytes: 40_000,
    learn(memory, record, settings) {
      const [parent] = record.parents as [Hash];
      const decided = triedIn(record).filter(({ verdict }) => verdict.decided);
      const tried = decided.map(({ candidate: { edits } }) => ({ parent, edits }));
      return [...OfParents.parse(memory), ...tried].slice(-settings.rejected);
    },
  },
  decide: ({ parent }, memory) =>
    OfParents.parse(memory)
      .filter((each) => each.parent === parent)
      .map(({ edits }) => edits),
};
