import { describe, expect, test } from "vitest";
import { createProcedureAgent } from "../../../agents/procedure/procedure-agent.ts";
import type { TaskAgent } from "../../../agents/agent.ts";
import { certify, type CertifyOptions } from "../../../runs/certifying/certify.ts";
import { branch } from "../../../runs/cycle/branch.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { resume } from "../../../runs/cycle/resume.ts";
import { exportRun } from "../../../runs/keeping/export.ts";
import { show } from "../../../runs/reading/show.ts";
import { runRecordOf } from "../../../runs/run-lookup.ts";
import { openRuns } from "../../../runs/session.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { openCertificates } from "../../../stores/ledger/certificates.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { houseParts, houseProgram, houseSettings, sealedSuites } from "../../support/world.ts";

/** The embedded agent, which counts what it was asked. */
function countingAgent(): TaskAgent & { asked: string[] } {
  const agent = createProcedureAgent();
  const asked: string[] = [];
  return {
    ...agent,
    asked,
    answer(question, skills, options) {
      asked.push(`${question.input}/${options.sample}/${skills.map(({ hash }) => hash).join()}`);
      return agent.answer(question, skills, options);
    },
  };
}

async function storeWithRun(settings = {}): Promise<RecordStore> {
  const store = createMemoryStore();
  const options = { ...houseParts(), program: houseProgram, tasks: sealedSuites, store, run: "house" };
  await (await optimize({ ...options, settings: { ...houseSettings, ...settings } })).result();
  return store;
}

const original = storeWithRun();

/** A store of a test's own with the run in it that all settings are usual in. */
async function copyOfRun(): Promise<RecordStore> {
  const store = createMemoryStore();
  await exportRun("house", { store: await original, to: store });
  return store;
}

const certifyOn = (store: RecordStore, options: Partial<CertifyOptions> = {}, run = "house") =>
  certify(run, { ...houseParts(), store, concurrency: 4, ...options });

const trustOf = async (store: RecordStore, run = "house") => (await show(run, { store })).result.trust;

describe("a run with sealed tasks", () => {
  test("is uncertified, and certified once its best skill is shown to be better on them, both run afresh", async () => {
    const store = await copyOfRun();
    expect(await trustOf(store)).toMatchObject({ status: "uncertified", tasks: 32, made: 0, last: null, warnings: [] });
    const agent = countingAgent();
    const certificate = await certifyOn(store, houseParts(agent));
    expect(certificate).toMatchObject({
      index: 1,
      level: 0.05 / 3,
      finding: { outcome: "certified", tasks: 32, missing: 0 },
    });
    const { finding, program, against } = certificate;
    expect(finding!.estimate).toBeCloseTo(finding!.means.program - finding!.means.against, 9);
    expect(finding!.interval[0]).toBeGreaterThan(0);
    // Two skills, twice on each task, none of it answered before.
    expect(agent.asked).toHaveLength(2 * 2 * 32);
    expect(program).not.toBe(against);
    expect(await trustOf(store)).toMatchObject({ status: "certified", made: 1, last: { index: 1 } });
  });

  test("is not certified again while its best skill is the certified one, and then against that one", async () => {
    const store = await copyOfRun();
    const first = await certifyOn(store);
    const agent = countingAgent();
    expect(await certifyOn(store, houseParts(agent))).toEqual(first);
    expect(agent.asked).toEqual([]);
    await branchOff(store, "other", { at: 3, settings: { generations: 6 } });
    expect(await trustOf(store, "other")).toMatchObject({ status: "uncertified", made: 1, last: { index: 1 } });
    const second = await certifyOn(store, {}, "other");
    expect(second).toMatchObject({ index: 2, against: first.program });
    expect(await trustOf(store)).toMatchObject({ status: "certified", made: 2, last: { index: 1 } });
  });

  test("shares one account with its branches: a number is taken once, and the planned ones are all there are", async () => {
    const store = await storeWithRun({ generations: 1 });
    await branchOff(store, "left", { at: 1, settings: { generations: 2 } });
    const { sealed } = (await suitesOf(store)).suites;
    const account = openCertificates(store, sealed);
    const subject = {
      run: "x",
      family: "x",
      generation: 1,
      program: "a".repeat(64),
      against: "b".repeat(64),
      repeats: 1,
    };
    const taken = await Promise.all(
      ["one", "two"].map((thread) => account.begin({ ...subject, thread }, { alpha: 0.1, planned: 2 })),
    );
    expect(taken.map(({ index }) => index).toSorted()).toEqual([1, 2]);
    expect(taken.every(({ level }) => level === 0.05)).toBe(true);
    expect(await account.begin({ ...subject, thread: "one" }, {})).toMatchObject({ index: taken[0]!.index });
    await expect(certifyOn(store, {}, "left")).rejects.toThrow(/All 2 planned certificates .* are used up/);
    await expect(account.begin({ ...subject, thread: "three" }, { planned: 5 })).rejects.toThrow(
      /planned = 2, which holds/,
    );
  });

  test("has levels that fall with each certificate and rise with each that is certified, where any number may be made", async () => {
    const account = openCertificates(createMemoryStore(), { hash: "c".repeat(64), size: 30 });
    const subject = {
      run: "x",
      family: "x",
      generation: 1,
      program: "a".repeat(64),
      against: "b".repeat(64),
      repeats: 1,
    };
    const terms = { alpha: 0.1, planned: null };
    const first = await account.begin({ ...subject, thread: "one" }, terms);
    const finding = {
      outcome: "certified" as const,
      value: 100,
      estimate: 0.1,
      interval: [0.05, 0.15] as [number, number],
      detectable: 0.1,
      tasks: 30,
      missing: 0,
      means: { program: 0.6, against: 0.5 },
      flips: null,
      at: "",
    };
    await account.finish(first, finding);
    await expect(account.finish(first, finding)).rejects.toThrow(/finished by another process/);
    const second = await account.begin({ ...subject, thread: "two" }, terms);
    const third = await account.begin({ ...subject, thread: "three" }, {});
    expect([first, second, third].map(({ level }) => level)).toEqual([0.1 / 2, (0.1 * 2) / 6, (0.1 * 2) / 12]);
  });

  test("leaves a certificate open where too much is missing, asks again what failed, and then has its finding", async () => {
    const store = await copyOfRun();
    const agent = createProcedureAgent();
    const failing: TaskAgent = {
      ...agent,
      answer: (question, skills, options) =>
        question.input.includes("lamp") || question.input.length % 3 === 0
          ? Promise.reject(new Error("no answer"))
          : agent.answer(question, skills, options),
    };
    const open = await certifyOn(store, houseParts(failing));
    expect(open).toMatchObject({ index: 1, finding: null });
    expect(await trustOf(store)).toMatchObject({ status: "uncertified", made: 1, last: { finding: null } });
    expect(await certifyOn(store)).toMatchObject({ index: 1, finding: { missing: 0 } });
  });

  test("takes its certificates to another store, but not beside others on the same tasks", async () => {
    const store = await copyOfRun();
    await certifyOn(store);
    const to = createMemoryStore();
    await exportRun("house", { store, to });
    expect(await trustOf(to)).toMatchObject({ status: "certified", made: 1 });
    const other = createMemoryStore();
    const account = openCertificates(other, (await suitesOf(store)).suites.sealed);
    const hash = "a".repeat(64);
    const subject = { run: "x", thread: "x", family: "x", generation: 1, program: hash, against: hash, repeats: 1 };
    await account.begin(subject, {});
    await expect(exportRun("house", { store, to: other })).rejects.toThrow(/other certificates/);
  });
});

test("a run without sealed tasks, or whose best skill is its first, cannot be certified", async () => {
  const store = await storeWithRun({ generations: 1, acceptance: "tolerant", band: 1 });
  await expect(certifyOn(store)).rejects.toThrow(/nothing to certify/);
  const without = createMemoryStore();
  const options = {
    ...houseParts(),
    program: houseProgram,
    tasks: { ...sealedSuites, sealed: [] },
    store: without,
    run: "house",
  };
  await (await optimize({ ...options, settings: { ...houseSettings, generations: 1 } })).result();
  await expect(certifyOn(without)).rejects.toThrow(/0 sealed tasks/);
  expect(await trustOf(without)).toBeNull();
});

async function branchOff(store: RecordStore, as: string, options: { at: number; settings: object }): Promise<void> {
  await branch("house", { ...houseParts(), store, as, at: options.at, settings: { ...options.settings } });
  await (await resume(as, { ...houseParts(), store })).result();
}

async function suitesOf(store: RecordStore) {
  return (await runRecordOf(openRuns(store), "house")).input;
}
