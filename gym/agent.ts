import type { TaskAgent } from "../agents/agent.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { draw } from "../state/draw.ts";
import { hashJson } from "../state/json.ts";
import { noCost, type TraceStep } from "../state/task.ts";
import { createReader, type Prompt } from "./compliance.ts";
import { demandOf } from "./requests.ts";
import { readSkills } from "./skill.ts";
import type { World } from "./world.ts";

export const nothingDone = "nothing";

/**
 * Reads the skills and the request and answers with the steps it carried out. Each directive is followed with the chance
 * of `compliance.ts`, drawn from world, task, directive and sample alone: the same directive has the same luck in parent
 * and candidate. Which step a trigger stands for is nature, known from the question; what is expected it never sees.
 */
export function createGymAgent(world: World): TaskAgent {
  const { seed } = world;
  const readerOf = createReaders(world);
  return {
    isEmbedded: true,
    fingerprint: `gym-agent@1:${hashJson(world).slice(0, 12)}`,
    async answer({ id, input }, skills, { sample, signal }) {
      signal.throwIfAborted();
      const demand = demandOf(world, input);
      const prompts = readerOf(skills)(demand);
      const isFollowed = ({ bullet, chance }: Prompt) => draw(seed, sample, `follow/${id}/${bullet.id}`, 0) < chance;
      const followed = new Set(prompts.filter(isFollowed));
      const unprompted = [...demand.wanted.values()].filter(
        ({ step, innate }) => draw(seed, sample, `unprompted/${id}/${step}`, 0) < innate,
      );
      const done = new Set([...[...followed].map(({ bullet }) => bullet.step), ...unprompted.map(({ step }) => step)]);
      return {
        text: done.size === 0 ? nothingDone : [...done].toSorted().join(", "),
        used: [...new Set([...followed].map(({ bullet }) => bullet.skill))],
        trace: [
          ...prompts.map((prompt) => traceOf(prompt, followed.has(prompt))),
          ...unprompted.map(({ step }) => ({ event: "unprompted", step })),
        ],
        cost: noCost,
      };
    },
  };
}

function traceOf({ bullet }: Prompt, isFollowed: boolean): TraceStep {
  return {
    event: isFollowed ? "followed" : "overlooked",
    directive: bullet.id,
    skill: bullet.skill,
    step: bullet.step,
  };
}

type Reader = ReturnType<typeof createReader>;

/** Reads a program once for the tasks in a row that are answered with it. */
function createReaders(world: World): (skills: readonly SkillFolder[]) => Reader {
  let last: { hashes: string; reader: Reader } | undefined;
  return (skills) => {
    const hashes = skills.map(({ name, hash }) => `${name} ${hash}`).join(" ");
    if (last?.hashes !== hashes) last = { hashes, reader: createReader(world, readSkills(skills)) };
    return last.reader;
  };
}
