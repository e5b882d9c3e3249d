import type { Slip } from "../../agents/procedure/slip.ts";
import type { LearnJob } from "../learn.ts";
import { taskSets } from "../task-sets.ts";

/** A set with an agent: how much it overlooks in long skills. */
export interface Place {
  name: string;
  set: string;
  slip: Slip | null;
}

/** Those of design note 06, 2.5: past the free words, every 100 words more overlook a twenty-fifth or a tenth of the rules more. */
const mild: Slip = { base: 0.02, freeWords: 100, slope: 0.4 };
export const strong: Slip = { base: 0.05, freeWords: 150, slope: 1 };

export const places: readonly Place[] = [
  { name: "banking10", set: "banking10", slip: null },
  { name: "ua_brand", set: "ua_brand", slip: null },
  { name: "snips_slots", set: "snips_slots", slip: null },
  { name: "address_field", set: "address_field", slip: null },
  { name: "sms_spam", set: "sms_spam", slip: null },
  { name: "price_amount", set: "price_amount", slip: null },
  { name: "bbh_word_sorting", set: "bbh_word_sorting", slip: null },
  { name: "bbh_object_counting", set: "bbh_object_counting", slip: null },
  { name: "address_field-mild-slip", set: "address_field", slip: mild },
  { name: "address_field-strong-slip", set: "address_field", slip: strong },
];

/** How an arm is called in results: with its place where the set alone does not say it. */
export function nameIn({ name, set }: Place, arm: string): string {
  return name === set ? arm : `${arm} @ ${name}`;
}

/** The place and the arm of a job, which `nameIn` named. */
export function placeOf({ set, arm }: Pick<LearnJob, "set" | "arm">): { place: string; arm: string } {
  const [own = "", place = set] = arm.split(" @ ");
  return { place, arm: own };
}

/** Accuracy to which rollouts are counted: nine tenths of what the loop is to reach on the set. */
export function targetOf(set: string): number {
  return 0.9 * (taskSets.find((bench) => bench.set === set)?.required ?? 1);
}
