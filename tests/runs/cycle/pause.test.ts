import { describe, expect, test } from "vitest";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { pause } from "../../../runs/cycle/pause.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { openRuns } from "../../../runs/session.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";

const pace = { every: 5, ttl: 1000 };
const start = { program: houseProgram, tasks: houseSuites, settings: { ...houseSettings, generations: 6 }, pace };

/** Parts whose agent waits to be let go, and is slow even then: a heartbeat comes before the end of the run. */
function slowParts(letGo: Promise<void> = Promise.resolve()) {
  const parts = houseParts();
  const { agent } = parts;
  const answer: typeof agent.answer = async (...call) => {
    await letGo;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return agent.answer(...call);
  };
  return { ...parts, agent: { ...agent, answer } };
}

describe("pausing a run from elsewhere", () => {
  test("ends it after what is in flight, and it goes on to the same digest", async () => {
    const whole = await optimize({ ...start, ...houseParts(), store: createMemoryStore() });
    const { digest } = await whole.result();

    const store = createMemoryStore();
    let askedProcess: number | undefined;
    let letGo = () => {};
    const slow = slowParts(new Promise((resolve) => (letGo = resolve)));
    const run = await optimize({ ...start, ...slow, store });
    const onAsked = ({ pid }: { pid: number }) => {
      askedProcess = pid;
      letGo();
    };
    const paused = await pause("run", { store, onAsked });
    expect(askedProcess).toBe(process.pid);
    expect(paused).toMatchObject({ status: "paused", reason: null });
    expect(await run.result()).toMatchObject({ status: "paused" });

    const { status, digest: resumed } = await (await resume("run", { ...houseParts(), store, pace })).result();
    expect({ status, resumed }).toEqual({ status: "finished", resumed: digest });
  });

  test("is refused where nobody works on the run", async () => {
    const store = createMemoryStore();
    await (await optimize({ ...start, ...houseParts(), store })).result();
    await expect(pause("run", { store })).rejects.toThrow("No process is working on run");
  });

  test("means the process that was asked, not the next one", async () => {
    const store = createMemoryStore();
    const run = await optimize({ ...start, ...slowParts(), store, pace: { every: 60_000, ttl: 120_000 } });
    const { leases } = openRuns(store);
    expect(await leases.askToPause(run.thread)).toMatchObject({ pid: process.pid });
    run.pause();
    await run.result();
    expect((await (await resume("run", { ...slowParts(), store, pace })).result()).status).toBe("finished");
  });
});
