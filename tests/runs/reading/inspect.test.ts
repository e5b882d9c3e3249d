import { expect, test } from "vitest";
import type { TaskAgent } from "../../../agents/agent.ts";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import { evaluate } from "../../../runs/evaluation/evaluate.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { createSkillFolder } from "../../../skills/folder.ts";
import type { RunEvent } from "../../../state/events.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { houseParts, houseSettings, houseSuites } from "../../support/world.ts";

const text =
  "---\nname: house\ndescription: Sorts.\n---\n\n# House\n\n## Rules\n\n- Be kind.\n- Otherwise, answer `x`. <!-- r0 -->\n";
const program = [createSkillFolder("house", { "SKILL.md": new TextEncoder().encode(text) })];
const house = { program, tasks: houseSuites, settings: houseSettings };

async function inspectionsOf(run: Awaited<ReturnType<typeof optimize>>) {
  const seen: RunEvent[] = [];
  for await (const event of run.events()) seen.push(event);
  await run.result();
  return seen.flatMap((event, place) => (event.type === "program-inspected" ? [{ place, ...event }] : []));
}

test("a run tells first what its agent will not do of the start, and at the end of the best", async () => {
  const found = await inspectionsOf(await optimize({ ...house, ...houseParts(), store: createMemoryStore() }));
  expect(found).toMatchObject([
    { place: 0, of: "start", findings: [{ skill: "house", file: "SKILL.md", line: 10, column: 3 }] },
    { of: "best", findings: [{ message: expect.stringContaining("not executed") }] },
  ]);
});

test("a resumed run does not tell of the start again, and an agent that inspects nothing tells nothing", async () => {
  const store = createMemoryStore();
  const run = await optimize({ ...house, ...houseParts(), store });
  for await (const event of run.events()) if (event.type === "verdict") run.pause();
  const rest = await resume("run", { ...houseParts(), store });
  expect((await inspectionsOf(rest)).map(({ of }) => of)).toEqual(["best"]);
  const { inspect, ...silent } = createProcedureAgent();
  expect(inspect).toBeDefined();
  const agent: TaskAgent = silent;
  expect(await inspectionsOf(await optimize({ ...house, ...houseParts(agent), store: createMemoryStore() }))).toEqual(
    [],
  );
});

test("an evaluation holds the findings", async () => {
  const { agent, verifier } = houseParts();
  const look = { program, tasks: houseSuites.test, suite: "test" as const, agent, verifier };
  const { findings } = await evaluate({ ...look, store: createMemoryStore() });
  expect(findings).toMatchObject([{ skill: "house", file: "SKILL.md", line: 10, column: 3 }]);
});
