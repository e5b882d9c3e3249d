import { noCost } from "../../state/task.ts";
import type { TaskAgent } from "../agent.ts";
import { execute } from "./execute.ts";
import { inspectSkills } from "./inspect.ts";
import { createCompiler } from "./interpret.ts";
import { createMessageReader } from "./message.ts";
import { emphasisFactor, isOverlookedAt, slipProbability, type Slip } from "./slip.ts";

/**
 * The embedded agent: executes the bullets below `## Prepare`, `## Steps`, `## Rules`, `## Extract` and `## Finish` of
 * each SKILL.md (docs/procedure-language.md). Deterministic, without a model, a few microseconds an answer. Prose is not
 * executed. With `slip` it overlooks rules of long skills, as models do; without it, it never does.
 */
export function createProcedureAgent({ slip }: { slip?: Slip } = {}): TaskAgent {
  const compile = createCompiler();
  const read = createMessageReader();
  return {
    isEmbedded: true,
    fingerprint: slip === undefined ? "procedure@3" : `procedure@3 ${nameOf(slip)}`,
    async answer({ id: task, input }, skills, { sample, signal }) {
      signal.throwIfAborted();
      const procedure = compile(skills);
      const probability = slip === undefined ? 0 : slipProbability(slip, procedure.words);
      const marked = probability * emphasisFactor(procedure.emphasised);
      const { text, used, trace } = execute(procedure, input, {
        read,
        isOverlooked: ({ id: rule, skill, sentence }) =>
          probability > 0 && isOverlookedAt({ task, sample, skill, rule }, sentence.important ? marked : probability),
      });
      return { text, used: [...used], trace: [...trace], cost: noCost };
    },
    inspect: inspectSkills,
  };
}

function nameOf({ base, freeWords, slope }: Slip): string {
  return `slip@2(base=${base}, freeWords=${freeWords}, slope=${slope})`;
}
