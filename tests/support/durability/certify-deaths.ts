import { spawnSync } from "node:child_process";
import { certify } from "../../../runs/certifying/certify.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { exportRun } from "../../../runs/keeping/export.ts";
import { show } from "../../../runs/reading/show.ts";
import { runRecordOf } from "../../../runs/run-lookup.ts";
import { openRuns } from "../../../runs/session.ts";
import type { Certificate } from "../../../state/certificate.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { openCertificates } from "../../../stores/ledger/certificates.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { compiled } from "../started/compiled.ts";
import type { TestStore } from "../stores.ts";
import { createWitnessedAgent, executionsIn, houseParts, houseProgram, houseSettings, sealedSuites } from "../world.ts";
import { acknowledged, buryOwner, houseRun, paidAgain, untilDeath } from "./crashes.ts";
import { deathsOf, newWitness } from "./kill-points.ts";
import type { Death } from "./mortal-store.ts";

const concurrency = 4;

/** Certifies the run of the house, on a store that may die; the executions go to a file. */
export function certifyUntilDeath(
  store: RecordStore,
  witness: string,
  death?: Death,
): Promise<{ result?: Certificate; commits: number }> {
  const parts = houseParts(createWitnessedAgent(witness));
  return untilDeath(store, death, (mortal) => certify(houseRun, { ...parts, store: mortal, concurrency }));
}

/** Lets a certificate die in this process; whose owner is then taken away, as the process lives on. */
export async function dieHere({ store }: TestStore, witness: string, death: Death): Promise<boolean> {
  const { result } = await certifyUntilDeath(store, witness, death);
  await buryOwner(store);
  return result === undefined;
}

/** Has another process make the certificate, which kills itself with SIGKILL. */
export async function dieInProcess({ store }: TestStore, witness: string, { atCommit, when }: Death): Promise<boolean> {
  const child = compiled("tests/support/durability/crash-child.ts");
  const words = [child, store.url, witness, String(atCommit), when, "certify"];
  const { signal, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  if (signal === null && stderr !== "") throw new Error(stderr);
  return signal === "SIGKILL";
}

interface Place {
  /** A new store; its URL must be enough for another process where the deaths are in one. */
  open(): TestStore | Promise<TestStore>;
  die: typeof dieHere;
  folder: string;
  /** One death in so many writes; 0.5 is every write, before and after. */
  stride: number;
  progress?(done: number, all: number): void;
}

export interface CertificateDeaths {
  deaths: number;
  /** Answers that were in the store at the death and were paid again. */
  paidAgain: number;
  /** Paid for at the death and not in the store, at most in one of them. */
  lost: number;
  /** Deaths after which the certificate was another one. */
  different: number;
  /** Numbers taken in addition to the first. */
  numbers: number;
  problems: string[];
}

/** Ends the making of a certificate at its writes, continues it, and compares with one that nothing happened to. */
export async function killCertificate({ open, die, folder, stride, progress }: Place): Promise<CertificateDeaths> {
  const whole = createMemoryStore();
  await copyRun(whole);
  const { result: expected, commits } = await certifyUntilDeath(whole, newWitness(folder, "certificate"));
  const found: CertificateDeaths = { deaths: 0, paidAgain: 0, lost: 0, different: 0, numbers: 0, problems: [] };
  const all = deathsOf(commits, stride);
  for (const [index, death] of all.entries()) {
    const place = await open();
    const { store } = place;
    const digest = await copyRun(store);
    const witness = newWitness(folder, `certificate-${death.when}-${death.atCommit}`);
    const isDeath = await die(place, witness, death);
    const [calls, kept] = [executionsIn(witness), await acknowledged(store, witness)];
    const { result } = await certifyUntilDeath(store, witness);
    const again = paidAgain(witness, calls.length, kept).length;
    const lost = new Set(calls).size - kept.size;
    const more = (await numbersTaken(store)) - 1;
    const isSame = JSON.stringify(timeless(result)) === JSON.stringify(timeless(expected));
    found.deaths += isDeath ? 1 : 0;
    found.paidAgain += again;
    found.lost = Math.max(found.lost, lost);
    found.different += isSame ? 0 : 1;
    found.numbers += more;
    const isChanged = (await show(houseRun, { store })).result.digest !== digest;
    const wrong = [
      ...(isDeath ? [] : ["nothing died"]),
      ...(again === 0 ? [] : [`${again} acknowledged answers paid again`]),
      ...(lost <= concurrency ? [] : [`${lost} answers paid and not stored`]),
      ...(more === 0 ? [] : [`${more + 1} numbers taken`]),
      ...(isSame ? [] : ["another certificate"]),
      ...(isChanged ? ["another digest of the run"] : []),
    ];
    found.problems.push(...wrong.map((problem) => `death ${death.when} write ${death.atCommit}: ${problem}`));
    await place.dispose();
    progress?.(index + 1, all.length);
  }
  return found;
}

let original: Promise<RecordStore> | undefined;

/** Copies a run with sealed tasks, which is made once, to a store; gives its digest. */
async function copyRun(to: RecordStore): Promise<string> {
  original ??= runWithSealedTasks();
  return (await exportRun(houseRun, { store: await original, to })).digest;
}

async function runWithSealedTasks(): Promise<RecordStore> {
  const store = createMemoryStore();
  const what = { program: houseProgram, tasks: sealedSuites, settings: houseSettings };
  await (await optimize({ ...houseParts(), ...what, run: houseRun, store })).result();
  return store;
}

async function numbersTaken(store: RecordStore): Promise<number> {
  const { input } = await runRecordOf(openRuns(store), houseRun);
  return (await openCertificates(store, input.suites.sealed).list()).length;
}

/** A certificate without the time it was made at. */
function timeless(certificate: Certificate | undefined): unknown {
  return certificate?.finding && { ...certificate, finding: { ...certificate.finding, at: "" } };
}
