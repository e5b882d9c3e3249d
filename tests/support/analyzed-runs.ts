import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import {
  createLanguageModelAnalyst,
  type LanguageModelAnalystOptions,
} from "../../analysts/language-model/language-model-analyst.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import type { RunResult } from "../../runs/result.ts";
import { openRuns } from "../../runs/session.ts";
import type { RunEvent } from "../../state/events.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { familyPrefix } from "../../stores/spaces.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { buryOwner } from "./durability/crashes.ts";
import { createMortalStore } from "./durability/mortal-store.ts";
import { analystBrain } from "./model-server/analyst-brain.ts";
import { BrainModel, journaled } from "./model-server/brain-model.ts";
import { houseProgram, houseSuites } from "./world.ts";

interface Analyzed {
  settings: SettingsInput;
  verifier: Verifier;
  analyst?: Omit<LanguageModelAnalystOptions, "model">;
  program?: readonly SkillFolder[];
}

/** Runs the house's tasks with a language model as the analyst: to its end, or to the death of its store. */
export async function runAnalyzed(
  store: RecordStore,
  { settings, verifier, analyst: options, program = houseProgram }: Analyzed,
) {
  const chat = new BrainModel(analystBrain);
  const events: RunEvent[] = [];
  const model = journaled(chat);
  const analyst = createLanguageModelAnalyst({ model, failures: 4, dimensions: ["knowledge"], ...options });
  const { requests } = chat;
  let result: RunResult | undefined;
  try {
    const parts = { agent: createProcedureAgent(), analyst, verifier, program: [...program], tasks: houseSuites };
    const started = await optimize({ ...parts, settings, run: "house", store });
    for await (const event of started.events()) events.push(event);
    result = await started.result();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("The store died"))) throw error;
  }
  return { result, events, requests };
}

interface Resumed {
  /** The write at which the store died. */
  atCommit: number;
  digest: string | undefined;
  /** Replies that were paid for: before the death, as far as they were kept, and after it. */
  paid: number;
}

/** Kills a run, which takes so many writes, at seven of them, and resumes it. */
export async function killAnalyzed(
  run: (store: RecordStore) => ReturnType<typeof runAnalyzed>,
  commits: number,
): Promise<Resumed[]> {
  const ends: Resumed[] = [];
  for (let index = 0; index < 7; index += 1) {
    const store = createMemoryStore();
    const atCommit = Math.floor(((index + 0.5) / 7) * commits) + 1;
    const died = await run(createMortalStore(store, { atCommit, when: atCommit % 2 === 0 ? "before" : "after" }));
    if (died.result !== undefined) throw new Error(`The store did not die at write ${atCommit} of ${commits}.`);
    const kept = await repliesIn(store);
    await buryOwner(store);
    const { result, requests } = await run(store);
    ends.push({ atCommit, digest: result?.digest, paid: kept + requests.length });
  }
  return ends;
}

/** How many replies of a model a store holds. */
export async function repliesIn(store: RecordStore): Promise<number> {
  const place = await openRuns(store).registry.find("house");
  if (place === undefined) return 0;
  const spaces = (await store.spaces(familyPrefix(place.family))).filter((space) => space.includes("/answer/"));
  const answers = await Promise.all(spaces.map((space) => store.get(space, ["answer"])));
  return answers.filter((records) => records.get("answer")?.value.includes('"finish"')).length;
}
