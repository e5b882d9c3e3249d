import { expect, test } from "vitest";
import { evaluate } from "../../../runs/evaluation/evaluate.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { createExact } from "../../../verifiers/exact.ts";
import { houseProgram } from "../../support/world.ts";

const tasks = ["a", "b", "c", "d"].map((id) => ({ id, input: id, expected: id }));

test("an answer that is missing is counted as missing, and is no damage to the store", async () => {
  const store = createMemoryStore();
  const agent = {
    fingerprint: "test@1",
    async answer({ id }: { id: string }) {
      if (id === "b") throw new Error("The model refused.");
      return { text: id, used: [houseProgram[0]!.name], trace: [], cost: { inputTokens: 1, outputTokens: 1, usd: 0 } };
    },
  };
  const options = { program: houseProgram, tasks, suite: "test" as const, agent, verifier: createExact(), store };
  const evaluation = await evaluate(options);
  expect(evaluation).toMatchObject({ tasks: 4, missing: 1, failures: [{ task: "b" }] });
  expect(evaluation.used).toEqual({ [houseProgram[0]!.name]: 1 });
  expect(store.warnings.all()).toEqual([]);
});
