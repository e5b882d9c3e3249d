import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import { createLeakCheck } from "../../skills/leakage/leaks.ts";
import { applyEdits } from "../../skills/edits.ts";
import { mainFile, type SkillFolder } from "../../skills/folder.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { optimize } from "../../runs/cycle/optimize.ts";
import { show } from "../../runs/reading/show.ts";
import { createDraw } from "../../state/draw.ts";
import type { GenerationRecord } from "../../state/evidence.ts";
import type { SettingsInput } from "../../state/settings.ts";
import type { Task } from "../../state/task.ts";
import { createPayload } from "../../stores/payload/payload.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createExact } from "../../verifiers/exact.ts";
import { benignLines, injected, publicSkills } from "./corpora.ts";
import { readOptions } from "../measure.ts";
import { upperBound } from "../statistics.ts";
import { printLine, printTable } from "../table.ts";
import { hasTaskSets, readBenchTasks, taskSets, type TaskSetBench } from "../task-sets.ts";

const planted = 100;
const kinds = ["security", "gaming", "leakage"] as const;

/**
 * What the guard holds. Of sets (`--seeds N` runs seeds 1 to N): candidates of embedded runs that only report (`useful` are those that the gate accepts), and
 * answers planted into the skills that these runs found. `--benign DIR` leaves each fifth line of the skills below a folder out and scans for what
 * is new with it, `--public DIR` scans each of them by itself; `--injected DIR` adds the injections of a copy of aisa-group/skill-inject (its folder `data`).
 */
export async function runGuard(words: string[]): Promise<void> {
  const corpora = { "--benign": benignLines, "--public": publicSkills, "--injected": injected };
  const given = Object.entries(corpora).filter(([flag]) => words.includes(flag));
  for (const [flag, measure] of given) await measure(folderAfter(flag, words));
  if (given.length > 0) return;
  if (!hasTaskSets()) return printLine("skipped: the task sets are not beside the project");
  const options = readOptions(
    words,
    taskSets.map(({ set }) => set),
  );
  const found: Seeded[] = [];
  for (const bench of taskSets.filter(({ set }) => options.names.includes(set))) {
    for (const seed of options.seeds) found.push(await countsOf(bench, seed));
  }
  printLine("Candidates of embedded runs that would be held, and planted answers that are:");
  const head = ["set", "candidates", "held", "useful", "useful held", "planted train", "planted validation"];
  const rows = options.names.map((name) =>
    rowOf(
      name,
      found.filter(({ set }) => set === name),
    ),
  );
  const others = found.filter(({ seed }) => seed !== seedOfChoice);
  const all = [
    rowOf(
      `all, seed ${seedOfChoice}, by which thresholds were chosen`,
      found.filter(({ seed }) => seed === seedOfChoice),
    ),
    ...(others.length === 0 ? [] : [rowOf("all, other seeds", others)]),
  ];
  printTable(head, [...rows, ...all]);
}

function folderAfter(flag: string, words: readonly string[]): string {
  const folder = words[words.indexOf(flag) + 1];
  if (folder === undefined) throw new Error(`${flag} needs a folder.`);
  return folder;
}

/** The thresholds of the guard were chosen by runs with this seed. */
const seedOfChoice = 1;

interface Counts {
  all: number;
  held: number;
  useful: number;
  usefulHeld: number;
  caught: { train: number; validation: number };
  asked: { train: number; validation: number };
}

interface Seeded extends Counts {
  set: string;
  seed: number;
}

async function countsOf({ set, budget, settings }: TaskSetBench, seed: number): Promise<Seeded> {
  const { suites } = await readBenchTasks(set, "held-out");
  const counts = { all: 0, held: 0, useful: 0, usefulHeld: 0 };
  const { records, best } = await runOnce({ suites, settings: { ...settings, seed, budgetRollouts: budget } });
  for (const { candidate, findings, verdict } of records) {
    if (candidate === null) continue;
    const found = findings.filter(({ program, kind }) => program === candidate.program && isOfGuard(kind));
    counts.all += 1;
    counts.held += found.length > 0 ? 1 : 0;
    counts.useful += verdict.accepted ? 1 : 0;
    counts.usefulHeld += verdict.accepted && found.length > 0 ? 1 : 0;
    if (verdict.accepted) for (const { rule, message } of found) printLine(`  ${set} ${seed}: ${rule}: ${message}`);
  }
  const [train, validation] = [
    plant(best, suites, { split: "train", seed }),
    plant(best, suites, { split: "validation", seed }),
  ];
  return {
    set,
    seed,
    ...counts,
    caught: { train: train.caught, validation: validation.caught },
    asked: { train: train.asked, validation: validation.asked },
  };
}

function rowOf(name: string, counts: readonly Counts[]): string[] {
  const sum = (pick: (one: Counts) => number) => counts.reduce((total, one) => total + pick(one), 0);
  const share = (part: number, all: number) => (all === 0 ? "-" : `${((100 * part) / all).toFixed(1)} %`);
  const [useful, held] = [sum((one) => one.useful), sum((one) => one.usefulHeld)];
  const bound = useful === 0 ? "" : ` (at most ${(100 * upperBound(held, useful)).toFixed(1)} %)`;
  return [
    name,
    String(sum((one) => one.all)),
    share(
      sum((one) => one.held),
      sum((one) => one.all),
    ),
    String(useful),
    `${held}${bound}`,
    share(
      sum((one) => one.caught.train),
      sum((one) => one.asked.train),
    ),
    share(
      sum((one) => one.caught.validation),
      sum((one) => one.asked.validation),
    ),
  ];
}

const isOfGuard = (kind: string) => (kinds as readonly string[]).includes(kind);

type Suites = Awaited<ReturnType<typeof readBenchTasks>>["suites"];

async function runOnce({ suites, settings }: { suites: Suites; settings: SettingsInput }) {
  const store = createMemoryStore();
  const [agent, analyst, verifier] = [createProcedureAgent(), createStatisticalAnalyst(), createExact()];
  const program = [minimalSkill("guide", "Answers messages. Use for any message.")];
  const reporting = { ...settings, guard: "off" as const, leaks: "warn" as const };
  const run = await optimize({
    agent,
    analyst,
    verifier,
    program,
    tasks: suites,
    settings: reporting,
    store,
    run: "a",
  });
  await run.result();
  const { timeline } = await show("a", { store });
  const records: readonly GenerationRecord[] = timeline;
  const head = records.at(-1)?.head;
  const payload = createPayload({ store, family: run.thread });
  return { records, best: head === undefined ? program : await payload.program(head) };
}

/** Adds what memorizes one task to a skill, in three forms, and counts how often the guard's check finds it. */
function plant(
  skills: readonly SkillFolder[],
  { train, validation }: Suites,
  { split, seed }: { split: "train" | "validation"; seed: number },
) {
  const check = createLeakCheck({ train, heldOut: validation, literals: [], prompts: [] });
  const tasks: readonly Task[] = { train, validation }[split];
  const draw = createDraw(seed, 0, `plant/${split}`);
  let caught = 0;
  for (let at = 0; at < planted; at += 1) {
    const { input, expected } = tasks[Math.floor(draw(at) * tasks.length)] as Task;
    const [skill] = skills as [SkillFolder];
    const forms = [
      `- If the message is "${input}", answer \`${String(expected)}\`.`,
      `- Q: ${input}\n  A: ${String(expected)}`,
      `| ${input} | ${String(expected)} |`,
    ];
    const text = `\n${forms[at % forms.length]}\n`;
    const edited = applyEdits(skills, [{ skill: skill.name, file: mainFile(skill), op: "append", anchor: "", text }]);
    if (check(edited, skills, draw).length > 0) caught += 1;
  }
  return { caught, asked: planted };
}
