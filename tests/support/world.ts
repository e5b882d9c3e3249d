import { appendFileSync, readFileSync } from "node:fs";
import type { TaskAgent } from "../../agents/agent.ts";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import type { TaskSuites } from "../../runs/cycle/optimize.ts";
import { programHash } from "../../skills/folder.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { draw } from "../../state/draw.ts";
import { hashJson, type Hash } from "../../state/json.ts";
import type { SettingsInput } from "../../state/settings.ts";
import type { Task } from "../../state/task.ts";
import { createExact } from "../../verifiers/exact.ts";

const subjects: Record<string, string[]> = {
  lights: ["lamp", "bulb", "dimmer"],
  water: ["tap", "pipe", "boiler"],
  doors: ["hinge", "lock", "handle"],
};
const fillers = ["please help", "since yesterday", "in the kitchen", "again", "it is urgent", "on the second floor"];

/** Messages about a house, one subject each: small enough for many runs, learnable in a few generations. */
function houseTasks(suite: string, size: number): Task[] {
  const labels = Object.keys(subjects);
  return Array.from({ length: size }, (_, index) => {
    const pick = <Item>(list: readonly Item[], purpose: string) =>
      list[Math.floor(draw(7, index, `${suite}/${purpose}`, 0) * list.length)] as Item;
    const expected = pick(labels, "label");
    const input = `${pick(fillers, "before")} the ${pick(subjects[expected] ?? [], "word")} is broken ${pick(fillers, "after")}`;
    return { id: `${suite}-${index}`, input, expected, meta: { secret: `meta-of-${suite}-${index}` } };
  });
}

export const houseSuites: TaskSuites = {
  train: houseTasks("train", 40),
  validation: houseTasks("validation", 24),
  sealed: [],
  test: houseTasks("test", 12),
};

/** The same with sealed tasks, for certificates. */
export const sealedSuites: TaskSuites = { ...houseSuites, sealed: houseTasks("sealed", 32) };

/** Three generations, each with a batch, a candidate and a gate: of any recipe. */
export const smallSettings: SettingsInput = { generations: 3, batch: 10, wave: 6, edits: 2 };

/** The same for the default recipe, with a gate that measures each candidate. */
export const houseSettings: SettingsInput = { ...smallSettings, acceptance: "no-worse" };

export const houseProgram = [minimalSkill("house", "Sorts messages about a house.")];

export function houseParts(agent: TaskAgent = createProcedureAgent()) {
  return { agent, analyst: createStatisticalAnalyst(), verifier: createExact() };
}

/** An analyst that also proposes a remark, alone and beside its edits: several candidates a generation, of which two are as good. */
export function proposingMore(analyst: Analyst): Analyst {
  const remark = { skill: "house", file: "SKILL.md", op: "append", anchor: "", text: "\nBe kind.\n" } as const;
  return {
    ...analyst,
    fingerprint: `${analyst.fingerprint}, and a remark`,
    async propose(deficiencies, skills, replay, budget) {
      const { drafts, simulations } = await analyst.propose(deficiencies, skills, replay, budget);
      const more = drafts.map(({ edits, origin }) => ({
        edits: [...edits.slice(0, budget.edits - 1), remark],
        origin,
      }));
      const alone = { edits: [remark], origin: { operator: "remark", target: "SKILL.md", features: {} } };
      return { drafts: [alone, ...drafts, ...more], simulations };
    },
  };
}

/** An analyst that edits the first program, and then only adds remarks, which it says repair a task each. */
export function idleAfterFirst(analyst: Analyst): Analyst {
  return {
    ...analyst,
    fingerprint: `${analyst.fingerprint}, then idle`,
    async propose(deficiencies, skills, replay, budget) {
      if (programHash(skills) === programHash(houseProgram))
        return analyst.propose(deficiencies, skills, replay, budget);
      const remarks = skills.flatMap(({ files }) => JSON.stringify(files).match(/Remark/g) ?? []).length;
      const text = `\nRemark ${remarks + 1}.\n`;
      const edit = { skill: "house", file: "SKILL.md", op: "append", anchor: "", text } as const;
      const origin = { operator: "remark", target: "SKILL.md", features: { fixes: 1, breaks: 0 } };
      return { drafts: [{ edits: [edit], origin }], simulations: 0 };
    },
  };
}

/** What an agent really did: written to a file before the answer is given, where it outlives the process however that ends. */
export function createWitnessedAgent(file: string, agent: TaskAgent = createProcedureAgent()): TaskAgent {
  return {
    ...agent,
    async answer(question, skills, options) {
      const answer = await agent.answer(question, skills, options);
      const place = ledgerPlace(agent.fingerprint, programHash(skills), hashJson(question), options.sample);
      appendFileSync(file, `${place}\n`);
      return answer;
    },
  };
}

/** Ledger places of all executions so far, in order. */
export function executionsIn(file: string): Hash[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function ledgerPlace(fingerprint: string, saw: Hash, question: Hash, sample: number): Hash {
  return hashJson({ kind: "rollout", fingerprint, saw, question, sample });
}
