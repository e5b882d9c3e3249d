import { createSkillFolder, SKILL_FILE, textOf, type SkillFolder } from "../../skills/folder.ts";
import { unpublishable } from "../../skills/limits.ts";
import type { Task } from "../../state/task.ts";
import { protocol, readRequest, RefusedRequest, type Reply, type Request, type RequestOf } from "./protocol.ts";
import { createWorkshop, type PeerSuite, type Revision, type WorkshopNeeds } from "./workshop.ts";

interface BridgeNeeds extends WorkshopNeeds {
  /** What the tasks are called. */
  set: string;
  start: SkillFolder;
  /** Rollouts that may be spent, validation included. */
  budget: number;
}

/** What the client would return from so many rollouts on, with its mean on the validation tasks; null where it was not run on all. */
interface Choice {
  rollouts: number;
  skill: SkillFolder;
  validation: number | null;
}

/**
 * Agent, verifier and analyst for an outside optimizer, which asks in lines of JSON (docs/benchmarks.md). The bridge counts every rollout and
 * refuses those beyond the budget. Expected answers leave it only for train tasks that were rolled out; of a validation task
 * only the score does, and test tasks are not here.
 */
export function createBridge({ set, start, budget, ...needs }: BridgeNeeds) {
  const { settings } = needs;
  const workshop = createWorkshop(needs);
  const places = { train: placesOf(workshop.tasks.train), validation: placesOf(workshop.tasks.validation) };
  const skills = new Map<string, SkillFolder>();
  const choices: Choice[] = [];
  let [spent, reflections] = [0, 0];
  let phase: "new" | "open" | "over" = "new";

  function skillOf(text: string): SkillFolder {
    const known = skills.get(text);
    if (known !== undefined) return known;
    const skill = createSkillFolder(start.name, { [SKILL_FILE]: new TextEncoder().encode(text) });
    const [problem] = unpublishable(skill);
    if (problem !== undefined) throw new RefusedRequest("skill", `The skill cannot be used. ${problem.message}`);
    skills.set(text, skill);
    return skill;
  }

  function indicesOf(suite: PeerSuite, ids: readonly string[]): number[] {
    if (new Set(ids).size < ids.length) throw new RefusedRequest("task", "A task is named twice in one request.");
    return ids.map((id) => {
      const index = places[suite].get(id);
      if (index !== undefined) return index;
      throw new RefusedRequest("task", `There is no ${suite} task "${id}"; \`tasks\` returns their names.`);
    });
  }

  const answers: { [Name in Request["request"]]: (request: RequestOf<Name>) => object | Promise<object> } = {
    hello() {
      if (phase !== "new") throw new RefusedRequest("order", "`hello` was sent before; send it once.");
      phase = "open";
      const { seed, batch, edits } = settings;
      const { train, validation } = workshop.tasks;
      const sizes = { train: train.length, validation: validation.length };
      return { protocol, set, seed, budget, batch, edits, ...sizes, skill: textOf(start) };
    },
    tasks: ({ suite }) => ({ tasks: workshop.tasks[suite].map(({ id }) => id) }),
    async rollout({ skill: text, suite, tasks, traces }) {
      const [skill, indices] = [skillOf(text), indicesOf(suite, tasks)];
      if (traces && suite !== "train")
        throw new RefusedRequest("study", "Traces are available for train tasks only; omit `traces`.");
      if (tasks.length > budget - spent)
        throw new RefusedRequest(
          "budget",
          `${tasks.length} rollouts were requested; ${budget - spent} of ${budget} are left.`,
        );
      spent += tasks.length;
      const rolled = await workshop.roll(skill, suite, indices);
      const rows = traces
        ? await workshop.trace(rolled)
        : rolled.rows.map(({ task, score }) => ({ task, score: score?.value ?? null }));
      return { rows, spent, left: budget - spent };
    },
    reflect({ skill: text, tasks, rejected }): Promise<Revision> {
      const skill = skillOf(text);
      indicesOf("train", tasks);
      const unseen = workshop.unseen(skill, tasks);
      if (unseen !== undefined)
        throw new RefusedRequest("study", `Train task "${unseen}" was not rolled out with this skill; do that first.`);
      reflections += 1;
      return workshop.revise(skill, tasks, { rejected, step: reflections });
    },
    choose({ skill: text }) {
      const skill = skillOf(text);
      choices.push({ rollouts: spent, skill, validation: workshop.validationMean(skill) });
      return { spent };
    },
    bye() {
      phase = "over";
      return { spent };
    },
  };

  async function answerTo(request: Request | RefusedRequest): Promise<object> {
    if (request instanceof RefusedRequest) throw request;
    if (phase !== "open" && request.request !== "hello")
      throw new RefusedRequest("order", `\`hello\` must come before \`${request.request}\`.`);
    const answer = answers[request.request] as (request: Request) => object | Promise<object>;
    return answer(request);
  }

  return {
    /** The reply to a line. A bad request has a reply that says why, and changes nothing; only a fault of the bridge rejects. */
    async answer(line: string): Promise<Reply> {
      const { request, ...named } = readRequest(line);
      try {
        return { ...named, ok: await answerTo(request) };
      } catch (error) {
        if (!(error instanceof RefusedRequest)) throw error;
        return { ...named, error: { code: error.code, message: error.message } };
      }
    },
    phase: () => phase,
    /** What the client has done so far. */
    record: () => ({ spent, reflections, choices: [...choices], validationTasks: workshop.tasks.validation.length }),
  };
}

export type Bridge = ReturnType<typeof createBridge>;

function placesOf(tasks: readonly Task[]): ReadonlyMap<string, number> {
  return new Map(tasks.map(({ id }, at) => [id, at]));
}
