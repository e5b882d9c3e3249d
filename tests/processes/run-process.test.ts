import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { openClaim } from "../../processes/claim.ts";
import { runProcess, type ProcessRun } from "../../processes/run-process.ts";
import { HostError } from "../../state/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: readonly string[], others: Partial<ProcessRun> = {}) {
  const claim = await openClaim();
  const environment = { PATH: process.env["PATH"] ?? "" };
  const { signal } = new AbortController();
  const limits = { seconds: 60, maxBytes: 10_000, input: "", signal };
  try {
    return await runProcess({ command, folder, claim, environment, ...limits, ...others });
  } finally {
    await claim.release();
  }
}

const shell = (script: string) => ["/bin/sh", "-c", script];

/** What starts the words given after it so that it gets away from who started it. */
const escapes: ReadonlyArray<readonly [name: string, words: string]> = [
  ["stays in the group", ""],
  ["has a session of its own", "setsid"],
  ["has an emptied environment", "env -i"],
  ["has both", "setsid env -i"],
  ["has both, in the other order", "env -i setsid"],
  ["forks once more", "setsid env -i /bin/sh -c '\"$@\" & exit 0' sh"],
  ["forks again and again", "setsid env -i /bin/sh -c '(setsid \"$@\" &) & exit 0' sh env -i setsid"],
];

let number = 0;
/** A script that beats into a file until it is killed, asked nicely or not; its pid is in another file. */
function beater() {
  number += 1;
  const [beat, script] = [join(folder, `beat-${number}`), join(folder, `beat-${number}.sh`)];
  const lines = ["trap '' TERM HUP INT", "cd /", `while :; do echo x >> ${beat}; /bin/sleep 0.02; done`];
  writeFileSync(script, `${lines.join("\n")}\n`);
  return { beat, words: `/bin/sh ${script} < /dev/null > /dev/null 2>&1` };
}

async function isStill(file: string): Promise<boolean> {
  const before = readFileSync(file).length;
  await sleep(100);
  return readFileSync(file).length === before;
}

describe.runIf(process.platform === "linux")("a child that gets away is stopped with what started it", () => {
  test.each(escapes)("where the command ends and the child %s", async (_, words) => {
    const { beat, words: started } = beater();
    const { code, stdout } = await run(
      shell(`${words} ${started} & while ! [ -e ${beat} ]; do sleep 0.01; done; echo done`),
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: "done\n" });
    expect(await isStill(beat)).toBe(true);
  });

  test.each(escapes)("where the command is stopped and the child %s", async (_, words) => {
    const { beat, words: started } = beater();
    const controller = new AbortController();
    const ended = run(shell(`${words} ${started} & sleep 600`), { signal: controller.signal });
    while (!existsSync(beat)) await sleep(5);
    controller.abort();
    expect((await ended).stopped).toBe("abort");
    expect(await isStill(beat)).toBe(true);
  });

  test("and not what another command has started", async () => {
    const { beat, words } = beater();
    const controller = new AbortController();
    const other = run(shell(`setsid env -i ${words} & sleep 600`), { signal: controller.signal });
    while (!existsSync(beat)) await sleep(5);
    await run(["true"]);
    expect(await isStill(beat)).toBe(false);
    controller.abort();
    await other;
    expect(await isStill(beat)).toBe(true);
  });
});

describe("a command that cannot be started", () => {
  test.each([
    ["is not there", ["skillgraph-no-such-command"], "ENOENT"],
    ["has no interpreter", [join(folder, "no-interpreter")], "ENOENT"],
    ["may not be executed", [join(folder, "no-program")], "EACCES"],
  ] as const)("as it %s is the user's", async (_, command, code) => {
    writeFileSync(join(folder, "no-interpreter"), "#!/no/such/interpreter\n", { mode: 0o755 });
    writeFileSync(join(folder, "no-program"), "", { mode: 0o644 });
    await expect(run(command)).rejects.toMatchObject({ code });
  });

  test("as its folder is gone, or its words are too long, is the host's", async () => {
    const gone = join(folder, "gone");
    mkdirSync(gone);
    rmSync(gone, { recursive: true });
    await expect(run(["true"], { folder: gone })).rejects.toThrow(HostError);
    await expect(run(["true", "x".repeat(3_000_000)])).rejects.toThrow(/E2BIG.*Pass the prompt on stdin/);
  });

  test("ends with its own exit code and words where it was started", async () => {
    const end = await run(shell("echo skillgraph-start: no >&2; exit 3"));
    expect(end).toMatchObject({ code: 3, stderr: "skillgraph-start: no\n" });
  });
});
