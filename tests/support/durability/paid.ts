import { z } from "zod";
import type { TaskAgent } from "../../../agents/agent.ts";
import type { Parts } from "../../../graphs/parts.ts";
import { ProviderError } from "../../../state/errors.ts";
import type { Json } from "../../../state/json.ts";
import { Cost } from "../../../state/task.ts";
import { currentCalls } from "../../../models/calls.ts";
import { houseParts } from "../world.ts";

const Reply = z.strictObject({ cost: Cost });

export interface Provider {
  /** Whether it refuses the n-th call of some part, from 1. */
  isDown(who: Who, asked: number): boolean;
  /** Calls made, by who made them. */
  asked: Record<Who, number>;
  refused: number;
}

type Who = "agent" | "analyst" | "verifier";

export function createProvider(isDown: Provider["isDown"] = () => false): Provider {
  return { isDown, asked: { agent: 0, analyst: 0, verifier: 0 }, refused: 0 };
}

interface Price {
  /** Of one call. */
  cost: Cost;
  bound?: Cost;
}

/** The tokens and dollars of one call of these parts. */
export const callCost: Cost = { inputTokens: 10, outputTokens: 5, usd: 0.01 };

/** The parts of the house, each of which pays for a call of a model before it works. */
export function createPaidParts(
  provider: Provider,
  { price = { cost: callCost }, catches = false }: { price?: Price; catches?: boolean } = {},
): Parts & { agent: TaskAgent } {
  const { agent, analyst, verifier } = houseParts();
  const pay = async (who: Who, sends: Json) => {
    const call = currentCalls().once({
      kind: "model",
      fingerprint: "provider@1",
      sends: [who, sends],
      schema: Reply,
      costOf: ({ cost }) => cost,
      ...(price.bound === undefined ? {} : { bound: price.bound }),
      async pay() {
        provider.asked[who] += 1;
        const asked = provider.asked[who];
        await new Promise((resolve) => setImmediate(resolve));
        if (provider.isDown(who, asked)) {
          provider.refused += 1;
          throw new ProviderError("The key was refused.", { status: 401 });
        }
        return { cost: price.cost };
      },
    });
    if (catches) await call.catch(() => undefined);
    else await call;
  };
  return {
    agent: {
      fingerprint: "paid-agent@1",
      async answer(question, skills, options) {
        await pay("agent", question.id);
        return agent.answer(question, skills, options);
      },
    },
    analyst: {
      fingerprint: "paid-analyst@1",
      async analyze(...given) {
        await pay("analyst", "analyze");
        return analyst.analyze(...given);
      },
      async diagnose(...given) {
        await pay("analyst", "diagnose");
        return analyst.diagnose(...given);
      },
      async propose(...given) {
        await pay("analyst", "propose");
        return analyst.propose(...given);
      },
    },
    verifier: {
      fingerprint: "paid-verifier@1",
      async score(answer, task) {
        await pay("verifier", task.id);
        return verifier.score(answer, task);
      },
    },
  };
}
