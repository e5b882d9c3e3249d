import { RunControl } from "@langchain/langgraph";
import type { Parts } from "../../graphs/parts.ts";
import { certifyGain } from "../../policies/inference/certificates.ts";
import { byTask } from "../../policies/samples.ts";
import { boundsOfDifference, detectableDifference } from "../../policies/inference/difference.ts";
import type { Certificate, CertificateFinding, CertificateTerms } from "../../state/certificate.ts";
import type { SuiteRef } from "../../state/channels.ts";
import { BudgetError, RunError, SettingsError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import { openCertificates } from "../../stores/ledger/certificates.ts";
import type { Lease } from "../../stores/lease/held-lease.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { checkParts } from "../checks.ts";
import { untilDrained } from "../cycle/advance.ts";
import { beginIn, leave } from "../cycle/run.ts";
import { watchMinutes } from "../limits.ts";
import { runRecordOf } from "../run-lookup.ts";
import { refuseChanged, type RunRecord } from "../run-record.ts";
import { stateOf } from "../result.ts";
import { createSession, openRuns, withLease, type Session } from "../session.ts";
import { defaultConcurrency, storeOf, type ExecutorName } from "../store.ts";
import { lastCertified, lineOf } from "./standing.ts";

export interface CertifyOptions extends Parts, Partial<CertificateTerms> {
  store?: string | RecordStore;
  concurrency?: number;
  executor?: ExecutorName;
  /** How often each program is run on each sealed task. */
  repeats?: number;
  /** Takes a run from an owner that cannot be seen from here. Only for when it is known to be gone. */
  takeOver?: boolean;
  /** Called with how many of all rollouts are done. */
  onProgress?: (done: number, all: number) => void;
}

/**
 * Compares the best program of a run with the last one of its line that was certified, or its start, on the sealed tasks, which nothing
 * else uses. A certificate takes its number before it is run; interrupted, it continues where it was, and nothing that was answered is paid
 * for again. Where more results are missing than the setting `maxMissing` allows, it has no finding, and what failed is asked again the next time. A
 * program that is certified already is not run again.
 */
export async function certify(name: string, options: CertifyOptions): Promise<Certificate> {
  const { store: where, concurrency = defaultConcurrency, repeats = 2, takeOver = false } = options;
  checkParts(options, concurrency);
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new SettingsError("repeats", `"repeats" is ${repeats}; it must be an integer of at least 1.`);
  const { store, close } = await storeOf(where, { create: false });
  try {
    const runs = openRuns(store);
    const place = await runRecordOf(runs, name);
    refuseUnsealed(place);
    const session = await createSession({
      runs,
      place,
      parts: options,
      settings: place.input.settings,
      concurrency,
      executor: options.executor,
    });
    refuseChanged(place, session.fingerprints);
    return await withLease(
      runs,
      place,
      async (lease) => {
        const record = await runRecordOf(runs, name);
        const certificate = await begin(session, record, { ...options, repeats });
        return certificate.finding === null
          ? work(session, { ...options, concurrency, lease, record, certificate })
          : lease.release().then(() => certificate);
      },
      { takeOver },
    );
  } finally {
    await close();
  }
}

function refuseUnsealed({ name, input }: RunRecord): void {
  if (input.suites.sealed.size > 1) return;
  throw new SettingsError(
    "tasks",
    `Run "${name}" has ${input.suites.sealed.size} sealed tasks; a certificate needs at least two. Give it a file of at least 90 validation tasks, of which 35 % are sealed, and start a new run.`,
  );
}

/** The certificate to work on: one that was interrupted, or a new one; or the one that the program has already. */
async function begin(
  { runs }: Session,
  record: RunRecord,
  { repeats, alpha, planned }: Partial<CertificateTerms> & { repeats: number },
): Promise<Certificate> {
  const { name, thread, family, input } = record;
  const account = openCertificates(runs.store, input.suites.sealed);
  const state = await stateOf(runs, thread);
  const last = lastCertified(await account.list(), await lineOf(runs, record));
  const program = state?.head ?? input.start;
  if (last?.program === program) return last;
  if (program === input.start) {
    const message = `The best skill of run "${name}" is the one it started with; there is nothing to certify.`;
    throw new RunError("generation", name, message);
  }
  const against = last?.program ?? input.start;
  const generation = state?.record?.generation ?? 0;
  const terms = { ...(alpha === undefined ? {} : { alpha }), ...(planned === undefined ? {} : { planned }) };
  return account.begin({ run: name, thread, family, generation, program, against, repeats }, terms);
}

interface Work {
  onProgress?: CertifyOptions["onProgress"] | undefined;
  lease: Lease;
  record: RunRecord;
  certificate: Certificate;
  concurrency: number;
}

async function work(
  session: Session,
  { lease, record, certificate, concurrency, onProgress }: Work,
): Promise<Certificate> {
  const { runs, ledger, books } = session;
  const { sealed } = record.input.suites;
  const control = new RunControl();
  let stopWatch = () => {};
  try {
    await beginIn(session, { lease, record, concurrency });
    stopWatch = watchMinutes(record.limits, books.account.balance().seconds, (reason) => control.requestDrain(reason));
    for (const signal of [lease.lost, lease.pauseAsked])
      signal.addEventListener("abort", () => control.requestDrain("pause"), { once: true });
    const arms = await untilDrained(runArms(session, { certificate, sealed, control, wave: concurrency, onProgress }));
    if (arms === undefined)
      throw new BudgetError(
        `Certificate ${certificate.index} was interrupted (${control.drainReason ?? "pause"}). The same command continues it.`,
      );
    const { missing } = arms;
    if (missing.length > record.input.settings.maxMissing * 2 * sealed.size * certificate.repeats) {
      await ledger.forget(missing);
      return certificate;
    }
    return await openCertificates(runs.store, sealed).finish(certificate, findingOf(arms, certificate));
  } finally {
    stopWatch();
    await leave(session, lease, record);
  }
}

interface Arms {
  /** By task, a score for each repeat; null where missing. */
  program: Array<Array<number | null>>;
  against: Array<Array<number | null>>;
  /** Where missing results are in the ledger. */
  missing: Hash[];
}

interface Running {
  onProgress: CertifyOptions["onProgress"] | undefined;
  certificate: Certificate;
  sealed: SuiteRef;
  control: RunControl;
  wave: number;
}

/** Samples of a certificate are its own: no search and no other certificate has asked for them. */
const samplesEach = 10_000;

/** Both programs in turn, a few tasks at a time, so that what changes at a provider meanwhile changes for both. */
async function runArms(
  { executor }: Session,
  { certificate, sealed, control, wave, onProgress }: Running,
): Promise<Arms> {
  const { index, repeats } = certificate;
  const all = 2 * repeats * sealed.size;
  const arms: Arms = { program: [], against: [], missing: [] };
  let done = 0;
  const firstSample = samplesEach * index;
  const rollOut = async (arm: "program" | "against", indices: readonly number[]) => {
    const request = { program: certificate[arm], suite: "sealed" as const, tasks: sealed, indices };
    const { rows } = await executor.roll({ ...request, samples: repeats, firstSample }, { control });
    for (const { rows: own } of byTask(rows, ({ task }) => task))
      arms[arm].push(own.map(({ score }) => score?.value ?? null));
    arms.missing.push(...rows.flatMap(({ score, key }) => (score === null ? [key] : [])));
    onProgress?.((done += rows.length), all);
  };
  for (let from = 0; from < sealed.size; from += wave) {
    const indices = Array.from({ length: Math.min(wave, sealed.size - from) }, (_, at) => from + at);
    await Promise.all([rollOut("program", indices), rollOut("against", indices)]);
  }
  return arms;
}

/** What the results of both come to, by task; never by repeat, as those of a task depend on each other. */
function findingOf({ program, against, missing }: Arms, { terms, level }: Certificate): CertificateFinding {
  const candidate = program.map((scores) => meanOf(scores.map((score) => score ?? 0)));
  const other = against.map((scores) => meanOf(scores.map((score) => score ?? 1)));
  const differences = candidate.map((score, task) => score - (other[task] as number));
  const { isShown, value } = certifyGain(differences, { ...terms, level });
  const spread = meanOf(differences.map((difference) => difference ** 2));
  const differ = program.filter((scores) => new Set(scores).size > 1).length;
  return {
    outcome: isShown ? "certified" : "not shown",
    value,
    estimate: meanOf(differences),
    interval: boundsOfDifference(differences, 0.975),
    detectable: detectableDifference({ spread, pairs: differences.length, alpha: level }) ?? 1,
    tasks: differences.length,
    missing: missing.length,
    means: { program: meanOf(candidate), against: meanOf(other) },
    flips: program[0]?.length === 1 ? null : differ / program.length,
    at: new Date().toISOString(),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
