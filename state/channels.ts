import { Overwrite, ReducedValue, StateSchema } from "@langchain/langgraph";
import { z } from "zod";
import { Episode, Epoch, RecordRef, Spent, Verdict } from "./evidence.ts";
import { Hash } from "./json.ts";
import { Candidate, Finding } from "./program.ts";
import { Settings } from "./settings.ts";

/** A suite in the payload: the hash of its tasks and how many there are. */
export const SuiteRef = z.strictObject({ hash: Hash, size: z.int().nonnegative() });
export type SuiteRef = z.infer<typeof SuiteRef>;

export const Suites = z.strictObject({ train: SuiteRef, validation: SuiteRef, sealed: SuiteRef, test: SuiteRef });
export type Suites = z.infer<typeof Suites>;

/**
 * The run state: plain JSON, everything that decides what happens next, and a size that does not grow with generations.
 * Large things (tasks, programs, rollouts, edits, memories) are in the payload, reachable by the hashes here. Each channel names
 * its only writer; those without one are written at the start of a run, or by a branch.
 */
export const RunState = new StateSchema({
  settings: Settings,
  suites: Suites,
  start: Hash,
  /** task-sampler: the generation at work, from 1. */
  generation: z.int().nonnegative(),
  /** task-sampler: the epoch of the generation, and whether it reviews it; null if the recipe has no epochs. */
  epoch: Epoch.nullable(),
  /** task-sampler: the episode of the generation; null if the recipe has no episodes. */
  episode: Episode.nullable(),
  /** task-sampler: train tasks to roll out, as indices in the train suite. */
  batch: z.array(z.int().nonnegative()),
  /** parent-selector: the program this generation's candidates are made from, or two to be merged. */
  parents: z.array(Hash),
  /** parent-selector: the nearest common ancestor of two parents; null for one. */
  ancestor: Hash.nullable(),
  /** rollout: the batch's rollouts, a payload of `RolloutRow[]`. */
  rollouts: Hash.nullable(),
  /** rollout: bitmap over the train suite of the tasks ever rolled out, base64, lowest bit first. */
  seen: z.string(),
  /** rollout: payloads of the last rollouts, newest last, as many as the replay window needs. */
  replay: z.array(Hash),
  /** failure-analyzer, and reflector in its place: what went wrong, a payload of `Failure[]`. */
  failures: Hash.nullable(),
  /** diagnostician, and reflector in its place: what failures were traced to, a payload of `Deficiency[]`. */
  deficiencies: Hash.nullable(),
  /** optimizer, and reflector in its place: programs to try, best first. */
  candidates: z.array(Candidate),
  /** optimizer: what a curator did, a payload of `CurationLog`; null without one. */
  curated: Hash.nullable(),
  /** reflector: notes for proposers, a payload of text; null before it wrote any. */
  guidance: Hash.nullable(),
  /** guard: what is wrong with candidates before a rollout is paid for. */
  findings: z.array(Finding),
  /** validator: columns of members of the archive that this generation uses, a payload of `MeasuredColumn[]`. */
  columns: Hash.nullable(),
  /** validator: what the trial found of each candidate, a payload of `Measured[]`. */
  measured: Hash.nullable(),
  /** validator: the audit of the head or of a candidate, a payload of `Audit`; null without one. */
  audit: Hash.nullable(),
  /** ablator: what the head does without some of its skills, a payload of `Ablation[]`; null in a generation without. */
  ablations: Hash.nullable(),
  /** accept-gate: the candidate that the verdict is about. */
  candidate: Candidate.nullable(),
  /** accept-gate: what came of the generation. */
  verdict: Verdict.nullable(),
  /** accept-gate: what became of each measured candidate, in their order. */
  verdicts: z.array(Verdict),
  /** accept-gate: the programs the run keeps, a payload of `Member[]`; null before the first generation has ended. */
  archive: Hash.nullable(),
  /** accept-gate: the program the run returns; a member of the archive. */
  head: Hash,
  /** archivist: what policies remember, a payload of JSON by policy name. Each policy has a schema and a byte cap of its own. */
  memories: Hash.nullable(),
  /** archivist: this generation's entry in the timeline. */
  record: RecordRef.nullable(),
  /** archivist: why the run ends after one more generation, which only audits a provisional head; null otherwise. */
  closing: z.string().nullable(),
  /** archivist: why the run is finished; null while it goes on. */
  stop: z.string().nullable(),
  /** rollout, failure-analyzer, diagnostician, optimizer, reflector, validator and ablator add to it. */
  spent: new ReducedValue(
    Spent.default(() => ({ rollouts: 0, simulations: 0, tokens: 0 })),
    {
      inputSchema: Spent.partial(),
      reducer: (sum, { rollouts = 0, simulations = 0, tokens = 0 }) => ({
        rollouts: sum.rollouts + rollouts,
        simulations: sum.simulations + simulations,
        tokens: sum.tokens + tokens,
      }),
    },
  ),
});
export type RunState = typeof RunState.State;
export type RunUpdate = typeof RunState.Update;

interface Start {
  settings: Settings;
  suites: Suites;
  start: Hash;
  memories?: Hash | null | undefined;
}

/** The state a run starts from; with `memories`, policies begin with what is given beforehand. */
export function initialState({ memories = null, ...from }: Start): RunUpdate {
  return {
    ...from,
    generation: 0,
    epoch: null,
    episode: null,
    batch: [],
    parents: [],
    ancestor: null,
    rollouts: null,
    seen: "",
    replay: [],
    failures: null,
    deficiencies: null,
    candidates: [],
    curated: null,
    guidance: null,
    findings: [],
    columns: null,
    measured: null,
    audit: null,
    ablations: null,
    candidate: null,
    verdict: null,
    verdicts: [],
    archive: null,
    head: from.start,
    memories,
    record: null,
    closing: null,
    stop: null,
    spent: new Overwrite({ rollouts: 0, simulations: 0, tokens: 0 }),
  };
}
