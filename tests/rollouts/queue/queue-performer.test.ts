import { expect, test } from "vitest";
import { createQueuePerformer } from "../../../rollouts/queue/queue-performer.ts";
import { loneSlot } from "../../../rollouts/slots.ts";
import { hashJson } from "../../../state/json.ts";
import { StoreError } from "../../../state/errors.ts";

test("a queue that cannot be opened is told by the rollout, and is nothing to close", async () => {
  const performer = createQueuePerformer({
    sender: () => Promise.reject(new StoreError("No queue, as the test asked.")),
    origin: { run: "run", family: "family" },
    doers: { agent: "agent@1", verifier: "exact@1" },
  });
  const program = hashJson("program");
  const task = { id: "t", input: "What?", expected: "that" };
  const place = { suite: "train" as const, tasks: hashJson([task]), index: 0, task, sample: 0 };
  const watch = {
    signal: new AbortController().signal,
    isOver: () => false,
    tell: () => undefined,
    slot: loneSlot,
  };
  const performed = performer.perform({ program, view: { saw: program, skills: [] }, ...place }, watch);
  await expect(performed).rejects.toThrow("No queue");
  await expect(performer.close()).resolves.toBeUndefined();
});
