import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { TaskAgent } from "../../agents/agent.ts";
import type { Analyst } from "../../analysts/analyst.ts";
import { createSkillFolder, programHash, textOf, type SkillFolder } from "../../skills/folder.ts";
import { createInspect } from "../../nodes/guarding/inspect.ts";
import { meansOf } from "../../nodes/trial/columns.ts";
import { rejectedSinceAccepted } from "../../policies/rejected-edits.ts";
import { triedPrograms } from "../../policies/feedback/tried.ts";
import { mainObjective, newMember, type Column, type Member, type Values } from "../../state/archive.ts";
import { initialState, type RunState } from "../../state/channels.ts";
import type { RunEvent } from "../../state/events.ts";
import type { Hash } from "../../state/json.ts";
import type { Candidate } from "../../state/program.ts";
import { noCost, type Answer, type Task } from "../../state/task.ts";
import { createLocalPool, type Executor, type RolloutRequest } from "../../rollouts/executor.ts";
import { createLedger } from "../../stores/ledger/ledger.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createPayload, type Payload } from "../../stores/payload/payload.ts";
import { createRolloutArchive } from "../../stores/payload/rollout-archive.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { candidateOf, hashOf, settingsOf } from "../policies/records.ts";

export { candidateOf, hashOf, settingsOf };

const empty = { hash: hashOf("no tasks"), size: 0 };

/** The state a run starts from, its start chosen as parent, with some channels set. */
export function stateOf(changes: Partial<RunState> = {}): RunState {
  const suites = { train: empty, validation: empty, sealed: empty, test: empty };
  const start = initialState({ settings: settingsOf(), suites, start: hashOf("start") });
  const chosen = { parents: [hashOf("start")], spent: { rollouts: 0, simulations: 0, tokens: 0 } };
  return { ...start, ...chosen, ...changes } as RunState;
}

/** A payload in memory in which every program is there, has no skills and counts ten tokens. */
export function createBlankPayload(): Payload {
  const payload = createPayload({ store: createMemoryStore(), family: "family" });
  return { ...payload, program: async () => [], tokens: async () => 10 };
}

/** A program of the archive whose validation scores are known, in their order. */
export async function memberWith(
  payload: Pick<Payload, "putJson">,
  program: Hash,
  values: Values,
  changes: Partial<Member> = {},
): Promise<Member> {
  const column: Column = { [mainObjective]: values };
  return { ...newMember(program), column: await payload.putJson(column), means: meansOf(column), ...changes };
}

/** What a node gets beside the state, and the events it tells. */
export function createListener(control?: { drainRequested: boolean; drainReason?: string }) {
  const events: RunEvent[] = [];
  const runtime = { writer: (event: RunEvent) => events.push(event), control } as unknown as LangGraphRunnableConfig;
  return { events, runtime };
}

/** What the guard needs beside the payload. */
export const guardNeeds = (payload: Payload) => ({
  payload,
  tried: triedPrograms,
  rejected: rejectedSinceAccepted,
  inspect: createInspect({ payload, verifier: {} }),
});

/** A skill that knows some topics. */
export function skillOf(...topics: string[]): SkillFolder {
  const list = topics.map((topic) => `- ${topic}\n`).join("");
  const text = `---\nname: guide\ndescription: Knows topics.\n---\n\n# Guide\n\n${list}`;
  return createSkillFolder("guide", { "SKILL.md": new TextEncoder().encode(text) });
}

/** Tasks about topics; `expected` and `meta` hold canaries that no agent may see. */
export function tasksOf(suite: string, topics: readonly string[]): Task[] {
  return topics.map((topic, index) => ({
    id: `${suite}-${index}`,
    input: topic,
    expected: `label-of-${suite}-${index}.`,
    meta: { source: `meta-of-${suite}-${index}.` },
  }));
}

export const answerOf = (text: string): Answer => ({ text, used: [], trace: [], cost: noCost });

/** Answers "known" where the skill lists the topic asked about. */
const knowingAgent: TaskAgent = {
  fingerprint: "knowing@1",
  async answer({ input }, [skill]) {
    const known = skill !== undefined && (textOf(skill) ?? "").includes(`- ${input}\n`);
    return answerOf(known ? "known" : "unknown");
  },
};

export const knownVerifier: Verifier = {
  fingerprint: "known@1",
  score: ({ text }) => ({ value: text === "known" ? 1 : 0, objectives: {}, feedback: text }),
};

/** Adds the topics that failed, as many as an edit budget allows. */
export const listingAnalyst: Analyst = {
  fingerprint: "listing@1",
  async analyze(rollouts) {
    const failed = rollouts.filter(({ score }) => score !== null && score.value < 1);
    return failed.map(({ rollout: { task }, question }) => ({
      task,
      category: question.input,
      place: null,
      expected: null,
      got: null,
      evidence: "",
    }));
  },
  async diagnose(failures) {
    const topics = [...new Set(failures.map(({ category }) => category))];
    return topics.map((category) => ({
      skill: "guide",
      file: "SKILL.md",
      place: null,
      defect: "missing",
      category,
      severity: "medium",
      tasks: failures.filter((failure) => failure.category === category).map(({ task }) => task),
      plan: "",
      extra: {},
    }));
  },
  async propose(deficiencies, _skills, _replay, { edits }) {
    const list = deficiencies.slice(0, edits).map(({ category }) => addTopic(category));
    return {
      drafts: [{ edits: list, origin: { operator: "add", target: "guide", features: {} } }],
      simulations: list.length,
    };
  },
};

export const addTopic = (topic: string) => ({
  skill: "guide",
  file: "SKILL.md",
  op: "append" as const,
  anchor: "",
  text: `- ${topic}\n`,
});

export interface RoomOptions {
  train?: readonly Task[];
  validation?: readonly Task[];
  agent?: TaskAgent;
  verifier?: Verifier;
  concurrency?: number;
}

/** Payload, ledger, archive and executor over a store in memory, with a start program and suites in it. */
export async function openRoom(options: RoomOptions = {}) {
  const { train = [], validation = [], agent = knowingAgent, verifier = knownVerifier, concurrency = 4 } = options;
  const place = { store: createMemoryStore(), family: "family", run: "run" };
  const payload = createPayload(place);
  const ledger = createLedger(place);
  const archive = createRolloutArchive({ payload, ledger });
  const executor = createLocalPool({ agent, verifier, ledger, payload, concurrency });
  const start = await payload.putProgram([skillOf()]);
  const refOf = async (list: readonly Task[]) => ({ hash: await payload.putJson(list), size: list.length });
  const none = await refOf([]);
  const suites = { train: await refOf(train), validation: await refOf(validation), sealed: none, test: none };
  return { payload, ledger, archive, executor, start, suites, verifier };
}

/** A candidate whose program is in the payload. */
export const candidateFor = (skill: SkillFolder, parent: Hash): Candidate =>
  candidateOf("made", { parents: [parent], program: programHash([skill]) });

/** Scores tasks by program and index without an agent, and keeps what it was asked. */
export function createScoringExecutor(score: (program: Hash, index: number, sample: number) => number | null) {
  const requests: RolloutRequest[] = [];
  const executor: Executor = {
    inFlight: () => 0,
    close: async () => undefined,
    async roll(request, { onRollout }) {
      requests.push(request);
      const samples = Array.from({ length: request.samples }, (_, sample) => (request.firstSample ?? 0) + sample);
      const wanted = request.indices.flatMap((index) => samples.map((sample) => ({ index, sample })));
      const rows = wanted.map(({ index, sample }) => {
        const value = score(request.program, index, sample);
        const row = { task: `task-${index}`, sample, key: hashOf(`${request.program}/${index}/${sample}`) };
        return value === null
          ? { ...row, status: "missing" as const, reason: "no answer", score: null }
          : { ...row, status: "answered" as const, score: { value, objectives: {}, feedback: "" } };
      });
      for (const row of rows) onRollout?.(row, true);
      return { program: request.program, visible: {}, suite: request.suite, rows, tokens: 0 };
    },
  };
  /** The indices a program was asked, in order. */
  const asked = (program: Hash) =>
    requests.filter((request) => request.program === program).flatMap(({ indices }) => indices);
  return { executor, requests, asked };
}
