import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeEach, afterEach, describe, expect, test, vi } from "vitest";
import { marked, newMark } from "../../processes/mark.ts";
import { currentOwner, type Owner } from "../../stores/lease/owner.ts";
import { compiled } from "../support/started/compiled.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-claims-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let place = "";
beforeEach(() => {
  place = mkdtempSync(join(folder, "tmp-"));
  vi.stubEnv("TMPDIR", place);
  vi.resetModules();
});
afterEach(() => vi.unstubAllEnvs());

/** As a new process would: the modules remember nothing. */
async function nextProcess() {
  vi.resetModules();
  return import("../../processes/claim.ts");
}

const dead = (): Owner => ({ ...currentOwner(), pid: 4_194_305 });

/** What a process leaves that is killed in the middle of a rollout. */
function leave(name: string, owner: Owner, mark = newMark()) {
  const root = join(place, `skillgraph-rollout-${name}`);
  symlinkSync(JSON.stringify({ owner, mark }), `${root}.owner`);
  mkdirSync(join(root, "work", "deep"), { recursive: true });
  for (const path of ["work/a", "work/deep/b", "c"]) writeFileSync(join(root, path), path);
  return root;
}

describe("what a killed process left is cleared by the next one", () => {
  /** The steps that make a rollout's folder and the steps that remove it, as paths that are there after each. */
  const made = ["", "home", "work", "tmp", "work/.agents", "work/.agents/skills", "work/.agents/skills/house"];

  test("wherever the making or the removal of a folder was cut", async () => {
    for (let cut = 0; cut <= made.length; cut += 1) {
      const root = join(place, `skillgraph-rollout-cut-${cut}`);
      symlinkSync(JSON.stringify({ owner: dead(), mark: newMark() }), `${root}.owner`);
      for (const path of made.slice(0, cut)) mkdirSync(join(root, path), { recursive: true });
    }
    await (await (await nextProcess()).openClaim()).release();
    expect(readdirSync(place)).toEqual([]);
  });

  test("wherever a real process was killed while it made, used and removed its folder", async () => {
    const child = compiled("tests/support/host/claim-child.ts");
    for (const step of ["note", "removal"]) {
      const started = spawn(process.execPath, [child, step], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise((resolve) => started.once("exit", resolve));
      await new Promise((resolve) => started.stdout.once("data", resolve));
      started.kill("SIGKILL");
      await ended;
      const left = () => readdirSync(place).filter((name) => name.startsWith("skillgraph-"));
      expect(left().length, step).toBeGreaterThan(0);
      await (await nextProcess()).sweepOnce();
      expect(left(), step).toEqual([]);
    }
  }, 60_000);

  test("with the processes that carry its mark", async () => {
    const mark = newMark();
    const beat = join(folder, "beat");
    const script = `while :; do echo x >> ${beat}; sleep 0.02; done`;
    const [program = "", ...words] = marked(mark, ["setsid", "env", "-i", "/bin/sh", "-c", script]);
    spawn(program, words, { detached: true, stdio: "ignore" }).unref();
    while (!existsSync(beat)) await sleep(5);
    leave("marked", dead(), mark);
    await (await nextProcess()).sweepOnce();
    const before = readFileSync(beat).length;
    await sleep(100);
    expect(readFileSync(beat).length).toBe(before);
    expect(readdirSync(place)).toEqual([]);
  });

  test("where its pid was given to another process since", async () => {
    leave("reused", { ...currentOwner(), startTime: "1" });
    await (await nextProcess()).sweepOnce();
    expect(readdirSync(place)).toEqual([]);
  });

  test("where an agent has made its folders read-only", async () => {
    const root = leave("read-only", dead());
    chmodSync(join(root, "work", "deep"), 0o500);
    chmodSync(join(root, "work"), 0o000);
    await (await nextProcess()).sweepOnce();
    expect(readdirSync(place)).toEqual([]);
  });
});

describe("left alone is", () => {
  test.each([
    ["a live process", () => currentOwner()],
    ["another host", () => ({ ...dead(), host: "elsewhere" })],
    ["another pid namespace", () => ({ ...dead(), pidNamespace: "pid:[1]" })],
  ] as const)("what %s has", async (_, owner) => {
    leave("other", owner());
    await (await nextProcess()).sweepOnce();
    expect(readdirSync(place).toSorted()).toEqual(["skillgraph-rollout-other", "skillgraph-rollout-other.owner"]);
  });

  test("what is no note, and what a link in a folder leads to", async () => {
    const kept = join(folder, "kept");
    writeFileSync(kept, "kept");
    const root = leave("linked", dead());
    symlinkSync(kept, join(root, "link"));
    symlinkSync(folder, join(root, "work", "up"));
    symlinkSync("no JSON", join(place, "skillgraph-rollout-odd.owner"));
    writeFileSync(join(place, "skillgraph-rollout-file.owner"), "{}");
    mkdirSync(join(place, "skillgraph-rollout-without"));
    await (await nextProcess()).sweepOnce();
    expect(readFileSync(kept, "utf8")).toBe("kept");
    expect(readdirSync(place).toSorted()).toEqual([
      "skillgraph-rollout-file.owner",
      "skillgraph-rollout-odd.owner",
      "skillgraph-rollout-without",
    ]);
  });
});

test("where the temporary folder is not there it says so, and makes a claim once it is", async () => {
  vi.stubEnv("TMPDIR", join(place, "later"));
  const { openClaim } = await nextProcess();
  await expect(openClaim()).rejects.toThrow(
    `This machine could not read the temporary folder in ${join(place, "later")}: no such file or folder (ENOENT). Create the folder, or set TMPDIR to another one`,
  );
  mkdirSync(join(place, "later"));
  await (await openClaim()).release();
});

test("a claim has its note before anything else, and leaves nothing", async () => {
  const { openClaim } = await nextProcess();
  const claim = await openClaim();
  expect(lstatSync(`${claim.folder}.owner`).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readlinkSync(`${claim.folder}.owner`))).toMatchObject({ mark: claim.mark });
  expect(existsSync(claim.folder)).toBe(false);
  mkdirSync(claim.folder);
  await claim.release();
  expect(readdirSync(place)).toEqual([]);
});

describe.runIf(process.platform === "linux")("marks", () => {
  const inShell = (limit: string) => {
    const script = `import("./processes/mark.ts").then(({ newMark }) => console.log(newMark(), newMark(), newMark()))`;
    const words = ["-c", `ulimit ${limit}; exec "$@"`, "sh", process.execPath, "--import", "tsx", "-e", script];
    return spawnSync("/bin/sh", words, { encoding: "utf8" }).stdout.trim().split(" ").map(Number);
  };

  test("are apart from each other", () => {
    const marks = Array.from({ length: 1000 }, newMark);
    expect(new Set(marks).size).toBe(1000);
  });

  test("lie within the mark around, and are none where somebody else has set the limit", () => {
    const around = newMark();
    const within = inShell(`-w ${around} 2>/dev/null || ulimit -x ${around}`);
    expect(within.every((mark) => mark < around && mark > around - 2 ** 24)).toBe(true);
    expect(new Set(within).size).toBe(3);
    expect(inShell("-w 5000 2>/dev/null || ulimit -x 5000")).toEqual([0, 0, 0]);
  });
});
