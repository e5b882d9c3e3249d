import { expect, test } from "vitest";
import { jobIdOf, parseJob, readReply, replyOf, type RolloutJob } from "../../../rollouts/queue/job.ts";
import { BudgetError, HostError, PartError, pausesRun, ProviderError, StoreError } from "../../../state/errors.ts";
import { hashJson } from "../../../state/json.ts";

const doers = { agent: "agent@1", verifier: "exact@1" };
const task = { id: "t", input: "What?", expected: "that" };
const job: RolloutJob = {
  ...doers,
  run: "run",
  family: "family",
  session: "session",
  program: hashJson("program"),
  visible: null,
  suite: "train",
  tasks: hashJson([task]),
  index: 0,
  sample: 1,
};

const rolledOut = {
  row: {
    task: "t",
    sample: 1,
    key: hashJson("key"),
    status: "answered" as const,
    score: { value: 0.5, objectives: { cost: -0 }, feedback: "half" },
  },
  silent: null,
  failures: [],
  paid: true,
  tokens: 12,
  idle: 0.25,
};

test("what is replied is what was rolled out, to the sign of a zero, and what there was to tell is told", () => {
  const told: string[] = [];
  expect(readReply(replyOf({ rolledOut }, ["slow"]), (message) => told.push(message))).toStrictEqual(rolledOut);
  expect(told).toEqual(["slow"]);
});

test.each([
  new ProviderError("no credit", { status: 402 }),
  new BudgetError("spent"),
  new HostError("disk full", { hasBegun: true }),
  new StoreError("disk full", { isHostFault: true }),
  new StoreError("damaged"),
  new PartError("no valid score"),
  new DOMException("over", "AbortError"),
  new Error("a bug"),
])("%s ends the work where it is awaited as where it was done", (error) => {
  const read = () => readReply(replyOf({ error }, []), () => undefined);
  expect(read).toThrow(error.message);
  let thrown: unknown;
  try {
    read();
  } catch (caught) {
    thrown = caught;
  }
  expect({ ...(thrown as object), name: (thrown as Error).name }).toEqual({ ...error, name: error.name });
  expect(pausesRun(thrown)).toBe(pausesRun(error));
});

test.each([
  ["another agent", { ...job, agent: "agent@2" }, "The run has agent agent@2, the worker agent@1"],
  ["another verifier", { ...job, verifier: "f1@1" }, "The run has verifier f1@1, the worker exact@1"],
  ["another format", { ...job, text: "more" }, "unexpected format"],
])("a job for %s is refused", (_, data, why) => {
  expect(() => parseJob(data, doers)).toThrow(why);
  expect(parseJob(job, doers)).toEqual(job);
});

test("work has one name in all sessions of a run, and another one in other runs, programs, tasks and samples", () => {
  const id = jobIdOf(job, task);
  expect(jobIdOf({ ...job, session: "later", index: 7, suite: "validation" }, task)).toBe(id);
  const others = [
    jobIdOf({ ...job, run: "branch" }, task),
    jobIdOf({ ...job, program: hashJson("other") }, task),
    jobIdOf({ ...job, sample: 2 }, task),
    jobIdOf(job, { ...task, expected: "this" }),
  ];
  expect(new Set([id, ...others]).size).toBe(5);
});

test("a job holds no text of a task, and a reply that is none names the remedy", () => {
  expect(JSON.stringify(job)).not.toContain(task.input);
  expect(() => readReply("{}", () => undefined)).toThrow("Use the same version of skillgraph for runs and workers");
});
