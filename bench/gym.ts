import { parseArgs } from "node:util";
import type { Analyst } from "../analysts/analyst.ts";
import { hillClimb } from "../graphs/recipes/hill-climb.ts";
import { createLoop } from "../graphs/loop.ts";
import { createGymAgent } from "../gym/agent.ts";
import { createGymAnalyst } from "../gym/analyst.ts";
import { createJudge, findReference, regret, trueDirectives } from "../gym/optimum.ts";
import { createRandomGymAnalyst } from "../gym/random-analyst.ts";
import { createTasks } from "../gym/requests.ts";
import { createGymSkill, readSkills } from "../gym/skill.ts";
import { createGymVerifier } from "../gym/verifier.ts";
import { createWorld, type World } from "../gym/world.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { initialState, type RunState } from "../state/channels.ts";
import { parseSettings, type SettingsInput } from "../state/settings.ts";
import { createLocalPool } from "../rollouts/executor.ts";
import { createLedger } from "../stores/ledger/ledger.ts";
import { createMemoryStore } from "../stores/drivers/memory.ts";
import { createPayload } from "../stores/payload/payload.ts";
import { createRolloutArchive } from "../stores/payload/rollout-archive.ts";
import type { GymRow, Worth } from "./plots/gym-plot.ts";
import { plotResults } from "./plots/plots.ts";
import { writeResults } from "./results.ts";
import { meanAndInterval } from "../policies/interval.ts";
import { printTable, showEstimate } from "./table.ts";

const sizes = { train: 400, validation: 40, judged: 400 };
/** The analyst sees this batch's rollouts and no others, as a language model would. */
const settings: SettingsInput = {
  budgetRollouts: 2000,
  batch: 16,
  replay: 16,
  edits: 3,
  wave: 10,
  acceptance: "strict",
};

interface Strategy {
  analyst(world: World): Analyst;
  settings?: SettingsInput;
}

const strategies: Record<string, Strategy> = {
  "the loop, strict gate": { analyst: createGymAnalyst },
  "no gate": { analyst: createGymAnalyst, settings: { acceptance: "always" } },
  "random edits, strict gate": { analyst: createRandomGymAnalyst },
};

const measures = ["A", "shifted", "composition", "words", "regret"] as const;

/**
 * Strategies on paired worlds whose optimum is known, every rollout counted. `--worlds N` takes the seeds 1 to N; numbers
 * are dilutions, by default a mild and a strong one; `--plots` draws the results.
 */
export async function runGym(words: string[] = []): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    options: { worlds: { type: "string", default: "30" }, plots: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const rows: GymRow[] = [];
  for (const dilution of positionals.length === 0 ? [1.4, 2.5] : positionals.map(Number)) {
    const arms = new Map<string, Worth[]>();
    for (let seed = 1; seed <= Number(values.worlds); seed += 1) {
      for (const [arm, worth] of await worthsIn(createWorld(seed, { dilution }))) {
        arms.set(arm, [...(arms.get(arm) ?? []), worth]);
      }
    }
    process.stdout.write(`dilution ${dilution}: mean ± 95 % interval over ${values.worlds} worlds\n\n`);
    report(arms);
    rows.push(...[...arms].map(([arm, worths]) => ({ dilution, arm, worths: worths.map(rounded) })));
  }
  writeResults("gym", "test", rows);
  if (values.plots) plotResults("test");
}

/** Six places: more would only make the file longer. */
function rounded(worth: Worth): Worth {
  const short = (measure: keyof Worth) => Number(worth[measure].toFixed(6));
  return {
    A: short("A"),
    shifted: short("shifted"),
    composition: short("composition"),
    words: worth.words,
    regret: short("regret"),
  };
}

async function worthsIn(world: World): Promise<Map<string, Worth>> {
  const tasks = createTasks(world, "test", sizes.judged);
  const reference = findReference(world, tasks);
  const onTest = createJudge(world, tasks);
  const onShifted = createJudge(world, createTasks(world, "shifted", sizes.judged));
  const onComposition = createJudge(world, createTasks(world, "composition", sizes.judged));
  const worthOf = (skills: readonly SkillFolder[]): Worth => ({
    A: onTest(skills),
    shifted: onShifted(skills),
    composition: onComposition(skills),
    words: readSkills(skills).words,
    regret: regret(reference, onTest(skills)),
  });
  const worths = new Map<string, Worth>();
  for (const [arm, strategy] of Object.entries(strategies)) worths.set(arm, worthOf(await learn(world, strategy)));
  worths.set("empty skill", worthOf([createGymSkill()]));
  worths.set("all true rules", worthOf([createGymSkill(trueDirectives(world))]));
  worths.set("reference optimum", worthOf([reference.skill]));
  return worths;
}

/** The head at the end of a run of the canonical loop, from the empty skill. */
async function learn(world: World, strategy: Strategy): Promise<SkillFolder[]> {
  const chosen = parseSettings({ ...settings, seed: world.seed, ...strategy.settings }, hillClimb);
  const place = { store: createMemoryStore(), family: "gym", run: "gym" };
  const [payload, ledger] = [createPayload(place), createLedger(place)];
  const archive = createRolloutArchive({ payload, ledger });
  const parts = { agent: createGymAgent(world), verifier: createGymVerifier(world) };
  const executor = createLocalPool({ ...parts, ledger, payload, concurrency: 32 });
  const needs = { policies: hillClimb.policies(chosen), verifier: parts.verifier, executor, payload, archive, ledger };
  const loop = createLoop({ analyst: strategy.analyst(world), ...needs });
  const suite = async (name: "train" | "validation", size: number) => ({
    hash: await payload.putJson(createTasks(world, name, size)),
    size,
  });
  const none = { hash: await payload.putJson([]), size: 0 };
  const train = await suite("train", sizes.train);
  const suites = { train, validation: await suite("validation", sizes.validation), sealed: none, test: none };
  const start = await payload.putProgram([createGymSkill()]);
  const input = initialState({ settings: chosen, suites, start });
  const { head } = (await loop.compile().invoke(input, { recursionLimit: 1_000_000 })) as RunState;
  return payload.program(head);
}

function report(arms: ReadonlyMap<string, readonly Worth[]>): void {
  const cells = (pick: (measure: keyof Worth) => readonly number[]) =>
    measures.map((measure) => {
      return showEstimate(meanAndInterval(pick(measure)), measure === "words" ? 0 : 3);
    });
  const head = ["J on A", "J on B (shift)", "J on composition", "words", "regret"];
  printTable(
    ["strategy", ...head],
    [...arms].map(([arm, worths]) => [arm, ...cells((measure) => worths.map((worth) => worth[measure]))]),
  );
  const [first = "", ...others] = Object.keys(strategies);
  const pairs = [...others, "empty skill", "all true rules"].map((other) => [
    `${first} - ${other}`,
    ...cells((measure) =>
      (arms.get(first) ?? []).map((worth, index) => worth[measure] - (arms.get(other)?.[index]?.[measure] ?? 0)),
    ),
  ]);
  printTable(["paired difference", ...head], pairs);
}
