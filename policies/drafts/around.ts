import { z } from "zod";
import type { Draw } from "../../state/draw.ts";
import { SettingsError } from "../../state/errors.ts";
import { Json } from "../../state/json.ts";
import type { Settings } from "../../state/settings.ts";
import type { Drafting, DraftPlan } from "../drafting.ts";
import type { Learned, MemoryTable } from "../policy.ts";

const Memory = z.strictObject({ inner: Json, own: Json });

/** What a policy around another one adds to it: a memory of its own, and its say about the plan. */
interface Around {
  /** Added to the name of the policy within. */
  name: string;
  schema: z.ZodType;
  start: Json;
  maxBytes: number;
  /** Where it decides by single rollouts: see `Drafting.observes`. */
  observes?: { readonly context?: string };
  learn(own: Json, record: Learned, settings: Settings): Json;
  /** `plan` asks the policy within, which draws by the numbers from 0 on. */
  decide(of: Parameters<Drafting["decide"]>[0], own: Json, plan: () => DraftPlan, draw: Draw): DraftPlan;
  describe?(own: Json): MemoryTable;
}

/** Drafting as another policy does it, with one around it. Throws a SettingsError where they observe the batch by different contexts. */
export function aroundDrafting(inner: Drafting, { name, schema, start, maxBytes, ...around }: Around): Drafting {
  const { choose, ablates, memory: known } = inner;
  const innerOf = (memory: Json) => Memory.parse(memory).inner;
  const ownOf = (memory: Json) => Memory.parse(memory).own;
  const describe = around.describe ?? inner.describe;
  const describedOf = around.describe === undefined ? innerOf : ownOf;
  return {
    ...inner,
    ...observesOf(inner, around.observes, name),
    ...(choose === undefined ? {} : { choose: (of, memory, draw) => choose(of, innerOf(memory), draw) }),
    ...(ablates === undefined
      ? {}
      : { ablates: { ...ablates, plan: (of, memory) => ablates.plan(of, innerOf(memory)) } }),
    ...(describe === undefined ? {} : { describe: (memory) => describe(describedOf(memory)) }),
    name: `${inner.name}, ${name}`,
    memory: {
      schema: z.strictObject({ inner: known?.schema ?? z.null(), own: schema }),
      start: { inner: known?.start ?? null, own: start },
      maxBytes: (known?.maxBytes ?? 0) + maxBytes + 100,
      learn: (memory, record, settings) => ({
        inner: known?.learn(innerOf(memory), record, settings) ?? null,
        own: around.learn(ownOf(memory), record, settings),
      }),
    },
    decide: (of, memory, draw) => around.decide(of, ownOf(memory), () => inner.decide(of, innerOf(memory), draw), draw),
  };
}

function observesOf(
  { name: within, observes: known }: Drafting,
  observes: Drafting["observes"],
  name: string,
): Pick<Drafting, "observes"> {
  const [one, other] = [known?.context, observes?.context];
  if (one !== undefined && other !== undefined && one !== other)
    throw new SettingsError(
      "context",
      `The policy "${within}" learns by the field "${one}" of a task, and "${name}" by "${other}". Give both the same.`,
    );
  const context = one ?? other;
  if (known === undefined && observes === undefined) return {};
  return { observes: context === undefined ? {} : { context } };
}
