import { z } from "zod";
import { Hash, type Json } from "../state/json.ts";
import type { Policy } from "./policy.ts";

/** Which edits the gate has turned down: hashes of edit lists in the payload, oldest first. */
export interface RejectedEdits extends Policy {
  decide(input: null, memory: Json): Hash[];
}

const Rejected = z.array(Hash);

/** Remembers what was turned down, by the gate or the guard, since the last acceptance, as many candidates as the setting `rejected` says. */
export const rejectedSinceAccepted: RejectedEdits = {
  name: "rejected.since-accepted",
  version: 1,
  memory: {
    schema: Rejected,
    start: [],
    maxBytes: 16_000,
    learn(memory, { candidate, verdict, others }, settings) {
      const tried = [...(candidate === null ? [] : [{ candidate, verdict }]), ...others];
      if (tried.some((one) => one.verdict.accepted)) return [];
      const rejected = tried.filter((one) => one.verdict.decided).map((one) => one.candidate.edits);
      return [...Rejected.parse(memory), ...rejected].slice(-settings.rejected);
    },
  },
  decide: (_, memory) => Rejected.parse(memory),
};
