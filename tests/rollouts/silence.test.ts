import { expect, test } from "vitest";
import { hashJson } from "../../state/json.ts";
import { refuseSilence, type Outcome } from "../../rollouts/silence.ts";
import { knownVerifier } from "../support/nodes.ts";

const outcome = (task: string, silent: Outcome["silent"], status: Outcome["row"]["status"] = "missing"): Outcome => ({
  row: { task, sample: 0, key: hashJson(task), status, reason: `reason of ${task}`, score: null },
  silent,
  failures: [hashJson(task)],
});

async function refusal(outcomes: Outcome[]): Promise<{ message: string | undefined; forgotten: string[] }> {
  const forgotten: string[] = [];
  const ledger = { forget: async (keys: readonly string[]) => void forgotten.push(...keys) };
  const agent = { fingerprint: "agent@1", answer: async () => expect.fail("nothing is asked") };
  const parts = { agent, verifier: knownVerifier, ledger: ledger as never };
  const error = await refuseSilence(outcomes, parts).catch((caught: Error) => caught);
  return { message: error?.message, forgotten };
}

test.each([
  ["one of them was answered", [outcome("a", "agent"), outcome("b", null, "answered")]],
  ["only one was asked", [outcome("a", "agent")]],
  ["all are held, which says nothing of the agent now", [outcome("a", null), outcome("b", null)]],
  ["all but one are held", [outcome("a", null), outcome("b", "agent")]],
])("nobody is blamed where %s", async (_, outcomes) => {
  expect(await refusal(outcomes)).toEqual({ message: undefined, forgotten: [] });
});

test("an agent that answered nothing is named, and its failures are forgotten but for held tasks", async () => {
  const { message, forgotten } = await refusal([outcome("a", null), outcome("b", "agent"), outcome("c", "verifier")]);
  expect(message).toMatch(
    /^Agent agent@1 answered none of 2 rollouts; the first failed with: reason of b\. Fix the agent, .* If the fix changes its fingerprint, start a new run\.$/,
  );
  expect(forgotten).toEqual([hashJson("b"), hashJson("c")]);
});

test.each([
  ["of all", [outcome("a", "verifier"), outcome("b", "verifier")]],
  ["of most", [outcome("z", "agent"), outcome("a", "verifier"), outcome("b", "verifier")]],
])("a verifier that judged none %s is named", async (_, outcomes) => {
  const { message } = await refusal(outcomes);
  expect(message).toMatch(
    /^Verifier .* judged none of [23] rollouts; the first failed with: reason of a\. Fix the verifier/,
  );
});
