import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCommandAgent } from "../../../agents/command/command-agent.ts";
import { createStatisticalAnalyst } from "../../../analysts/statistical/statistical-analyst.ts";
import { writeBest } from "../../../cli/cycle/out.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import type { RunResult } from "../../../runs/result.ts";
import { HostError, pausesRun } from "../../../state/errors.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { createCommandVerifier } from "../../../verifiers/command/command-verifier.ts";
import { houseProgram, houseSuites } from "../world.ts";
import { createFaultyHost, type FaultyHost, type Site } from "./faulty-host.ts";

/** What a host may answer anywhere, and what it may answer where the place is skillgraph's own. */
const codes = ["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EAGAIN", "ENOMEM", "EROFS", "EIO"] as const;
const ownCodes = ["EACCES", "EPERM"] as const;

const tasks = {
  train: houseSuites.train.slice(0, 4),
  validation: houseSuites.validation.slice(0, 3),
  sealed: [],
  test: houseSuites.test.slice(0, 1),
};
const settings = { generations: 1, batch: 3, wave: 3, edits: 2 };

const answering = `cat > /dev/null; echo lights > answer.txt; echo noted > notes.txt; [ -e .claude/skills/house/SKILL.md ] && echo done`;

/** The parts of a run that ask the host for all there is: folders, files, processes, pipes and files that are read back. */
function parts() {
  const agent = createCommandAgent({
    fingerprint: "sh@1",
    command: ["/bin/sh", "-c", answering],
    answerFile: "answer.txt",
    keepFiles: ["notes.txt"],
  });
  const script = `read -r line; case "$line" in *'"expected":"lights"'*) echo '{"value":1}';; *) echo '{"value":0}';; esac`;
  const verifier = createCommandVerifier({ command: ["/bin/sh", "-c", script], sandbox: "none" });
  return { agent, verifier, analyst: createStatisticalAnalyst() };
}

function start(store: RecordStore) {
  const house = { program: houseProgram, tasks, settings, concurrency: 3 };
  return optimize({ run: "faulty", ...house, ...parts(), store });
}

/** `paused`: by itself, naming the place. `refused`: no run began, or its files were not written. `unaffected`: it went on. */
export interface FaultFound {
  outcome: "paused" | "refused" | "unaffected";
  problems: string[];
}

export interface HostTrial {
  /** Every place where an undisturbed run asks the host for something. */
  readonly sites: readonly Site[];
  /** Each error that is the host's at each of them. */
  readonly faults: ReadonlyArray<{ site: Site; code: string }>;
  /** A run that meets the error at the place until it stops, and goes on once the host is well. */
  meet(site: Site, code: string): Promise<FaultFound>;
  close(): void;
}

/** `folder` takes what runs write; the temporary folder should be one of their own. */
export async function openHostTrial(folder: string): Promise<HostTrial> {
  const host = createFaultyHost();
  const whole = await runWhole(createMemoryStore(), join(folder, "whole"));
  // What a process asks for only once is not met again.
  host.sites.clear();
  await runWhole(createMemoryStore(), join(folder, "again"));
  const sites = [...host.sites].toSorted();
  const faults = sites.flatMap((site) => {
    // Where a command may not be started, that is its owner's mistake; what it has left without permission is its own.
    const isOwn = / at (agents\/command\/workspace|processes\/)/.test(site) && !site.startsWith("spawn");
    return [...codes, ...(isOwn ? ownCodes : [])].map((code) => ({ site, code }));
  });
  let number = 0;
  return {
    sites,
    faults,
    async meet(site, code) {
      number += 1;
      return meetFault(host, { site, code, whole, folder: join(folder, `out-${number}`) });
    },
    close: () => host.restore(),
  };
}

async function runWhole(store: RecordStore, folder: string): Promise<RunResult> {
  const result = await (await start(store)).result();
  mkdirSync(folder, { recursive: true });
  await writeBest("faulty", { from: store, folder });
  return result;
}

interface Meeting {
  site: Site;
  code: string;
  whole: RunResult;
  folder: string;
}

async function meetFault(host: FaultyHost, { site, code, whole, folder }: Meeting): Promise<FaultFound> {
  const store = createMemoryStore();
  const problems: string[] = [];
  host.set({ site, code });
  const first = await runWhole(store, folder).catch((error: unknown) => error as Error);
  const isMet = host.met > 0;
  host.set(undefined);
  const outcome = first instanceof Error ? "refused" : first.status === "paused" ? "paused" : "unaffected";
  const message = first instanceof Error ? first.message : outcome === "paused" ? (first.reason ?? "") : "";
  if (!isMet) problems.push("the fault was not met");
  if (first instanceof Error && !(first instanceof HostError) && !pausesRun(first))
    problems.push(`it ended with ${first.name}: ${first.message}`);
  if (outcome !== "unaffected" && !/could not .+ in \/.+\(E\w+\)/s.test(message))
    problems.push(`no place is named: ${message}`);
  const second = await runWhole(store, folder);
  if (second.status !== "finished") problems.push(`resumed, it is ${second.status}: ${second.reason}`);
  if (second.digest !== whole.digest) problems.push("another digest");
  if (second.held.length > 0) problems.push(`${second.held.length} tasks are held`);
  const written = readdirSync(folder, { recursive: true }).map(String);
  if (written.some((name) => name.endsWith(".tmp"))) problems.push(`left in the out folder: ${written.join(", ")}`);
  return { outcome, problems };
}

/** The temporary folder is as the host has it: files of earlier tests are no matter. */
export function leftIn(temporary: string): string[] {
  return readdirSync(temporary).filter((name) => name.startsWith("skillgraph-rollout-"));
}

export function newTemporary(folder: string): string {
  const temporary = join(folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  writeFileSync(join(temporary, "of-others"), "");
  return temporary;
}
