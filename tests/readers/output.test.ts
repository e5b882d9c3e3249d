import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { prepareOut } from "../../cli/cycle/out.ts";
import { writeWhole } from "../../cli/reading/files.ts";
import { writeProject } from "../../cli/project/project.ts";
import { writeOutput } from "../../readers/output.ts";
import { writeProgram } from "../../readers/skill.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { temporaryFolder } from "../support/stores.ts";

let folder: ReturnType<typeof temporaryFolder>;
const at = (...path: string[]) => join(folder.path, ...path);
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const skill = minimalSkill("triage", "Says what a message is about.");
const project = { name: "triage", agent: "procedure", analyst: "statistical", verifier: "exact" };

/** All that writes a file for a user, and the file of it that is tried. */
const writers: Array<[string, string, () => Promise<unknown>]> = [
  ["a text", "file.txt", () => writeOutput(at("file.txt"), "new")],
  ["a file that a flag names", "file.txt", () => writeWhole("report", at("file.txt"), ["n", "ew"])],
  ["a program", "triage/SKILL.md", () => writeProgram([skill], folder.path)],
];

describe.each(writers)("%s", (_, file, write) => {
  test.each([0o600, 0o640, 0o644, 0o755])("keeps the mode %o of a file that is there", async (mode) => {
    mkdirSync(at("triage"));
    writeFileSync(at(file), "old");
    chmodSync(at(file), mode);
    await write();
    expect(statSync(at(file)).mode & 0o7777).toBe(mode);
    expect(readFileSync(at(file), "utf8")).not.toBe("old");
  });

  test.each(["a link to a file", "a link to nothing", "a folder", "a named pipe"])(
    "is not written through %s",
    async (kind) => {
      mkdirSync(at("triage"));
      writeFileSync(at("outside"), "mine");
      if (kind === "a folder") mkdirSync(at(file));
      else if (kind === "a named pipe") execFileSync("mkfifo", [at(file)]);
      else symlinkSync(at(kind === "a link to a file" ? "outside" : "nowhere"), at(file));
      const before = lstatSync(at(file)).ino;
      await expect(write()).rejects.toThrow(/is a symbolic link|is a folder|not a regular file|blocks the path/);
      expect(lstatSync(at(file)).ino).toBe(before);
      expect(readFileSync(at("outside"), "utf8")).toBe("mine");
      expect(readdirSync(folder.path, { recursive: true }).filter((name) => String(name).endsWith(".tmp"))).toEqual([]);
      expect(readdirSync(folder.path)).not.toContain("nowhere");
    },
  );
});

describe("a folder that is a link", () => {
  beforeEach(() => {
    mkdirSync(at("elsewhere"));
    mkdirSync(at("out"));
  });

  test("inside of where a program goes is refused", async () => {
    symlinkSync(at("elsewhere"), at("out", "triage"));
    await expect(writeProgram([skill], at("out"))).rejects.toThrow("a symbolic link, which is not followed");
    expect(readdirSync(at("elsewhere"))).toEqual([]);
  });

  test("is followed where somebody named it", async () => {
    symlinkSync(at("elsewhere"), at("named"));
    prepareOut(at("named"), undefined);
    await writeProgram([skill], at("named"));
    await writeOutput(at("named", "result.json"), "{}");
    expect(readdirSync(at("elsewhere"))).toEqual(["result.json", "triage"]);
  });

  test("in a new project is refused, and leads nowhere", async () => {
    symlinkSync(at("elsewhere"), at("out", "skills"));
    await expect(writeProject({ folder: at("out"), ...project })).rejects.toThrow("skills is a symbolic link");
    expect(readdirSync(at("elsewhere"))).toEqual([]);
    expect(readlinkSync(at("out", "skills"))).toBe(at("elsewhere"));
  });
});

test("a text that breaks off leaves what was there, and nothing beside it", async () => {
  writeFileSync(at("file.txt"), "old");
  async function* broken() {
    yield "new";
    throw new Error("no more of it");
  }
  await expect(writeOutput(at("file.txt"), broken())).rejects.toThrow("no more of it");
  await expect(writeWhole("rollouts", at("file.txt"), broken())).rejects.toThrow(/^no more of it$/);
  expect(readdirSync(folder.path)).toEqual(["file.txt"]);
  expect(readFileSync(at("file.txt"), "utf8")).toBe("old");
  expect(process.listeners("SIGTERM").map(({ name }) => name)).not.toContain("onSignal");
});

test("a disk that takes no more is said by the flag, and leaves nothing", async () => {
  // A file may not grow beyond the limit of the shell.
  const code = `import("${fileURLToPath(new URL("../../cli/reading/files.ts", import.meta.url))}").then(({ writeWhole }) => writeWhole("report", process.argv[1], ["x".repeat(100000)])).catch((error) => console.log(error.message))`;
  const words = [
    "-c",
    'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"',
    process.execPath,
    "--import",
    import.meta.resolve("tsx"),
    "-e",
    code,
    at("file.html"),
  ];
  expect(execFileSync("bash", words, { encoding: "utf8" })).toMatch(
    /--report .*file\.html cannot be written: EFBIG.* Give a writable file\./,
  );
  expect(readdirSync(folder.path)).toEqual([]);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s in the middle leaves what was there, and nothing beside it",
  async (signal) => {
    writeFileSync(at("file.txt"), "old");
    const child = fileURLToPath(new URL("output-child.ts", import.meta.url));
    const writing = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), child, at("file.txt")]);
    await once(writing.stdout, "data");
    expect(readdirSync(folder.path)).toHaveLength(2);
    writing.kill(signal);
    expect(await once(writing, "exit")).toEqual([null, signal]);
    expect(readdirSync(folder.path)).toEqual(["file.txt"]);
    expect(readFileSync(at("file.txt"), "utf8")).toBe("old");
  },
);
