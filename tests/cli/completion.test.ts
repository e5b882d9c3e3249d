import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createProgram, runCommandLine } from "../../cli/program.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shells = ["bash", "zsh", "fish"] as const;
const isInstalled = (shell: string) => spawnSync(shell, ["--version"]).status === 0;
const program = createProgram(() => undefined);
const commands = program.commands.map((command) => command.name());

beforeAll(async () => {
  mkdirSync(join(folder, ".skillgraph", "out", "support-1"), { recursive: true });
  mkdirSync(join(folder, "my tasks"));
  for (const shell of shells) {
    let script = "";
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => ((script += String(text)), true));
    expect(await runCommandLine(["completion", shell])).toBe(0);
    write.mockRestore();
    writeFileSync(join(folder, `skillgraph.${shell}`), script);
  }
});

/** What bash offers for a line that ends at the cursor. */
function inBash(line: string): string[] {
  const words = line.split(" ").map((word) => `'${word}'`);
  const script = `source skillgraph.bash; COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _skillgraph; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

describe.runIf(isInstalled("bash"))("in bash", () => {
  test("the commands come first", () => {
    expect(inBash("skillgraph ").toSorted()).toEqual([...commands, "--help"].toSorted());
    expect(inBash("skillgraph opt")).toEqual(["optimize"]);
  });

  test.each(program.commands.map((command) => [command.name(), command] as const))(
    "%s has its flags",
    (name, command) => {
      const flags = [...command.options.map(({ long }) => long), "--help"];
      expect(inBash(`skillgraph ${name} --`).toSorted()).toEqual(flags.toSorted());
    },
  );

  test.each([
    ["evaluate --split ", ["train", "validation", "test"]],
    ["evaluate --split v", ["validation"]],
    ["optimize --tasks my", ["my tasks"]],
    ["optimize --tasks = my", ["my tasks"]],
    ["optimize --seed ", []],
    ["resume ", ["support-1"]],
    ["compare a sup", ["support-1"]],
    ["show --json sup", ["support-1"]],
    ["completion z", ["zsh"]],
  ])("%s", (line, expected) => {
    expect(inBash(`skillgraph ${line}`)).toEqual(expected);
  });
});

describe.runIf(isInstalled("fish"))("in fish", () => {
  test.each([
    ["opt", "optimize"],
    ["resume ", "support-1"],
    ["evaluate --split v", "validation"],
    ["optimize --budget-r", "--budget-rollouts"],
  ])("%s", (line, expected) => {
    const script = `source skillgraph.fish; complete -C 'skillgraph ${line}'`;
    const { stdout } = spawnSync("fish", ["--no-config", "-c", script], { cwd: folder, encoding: "utf8" });
    expect(stdout.split("\n")[0]?.split("\t")[0]).toBe(expected);
  });
});

test.runIf(isInstalled("zsh"))("zsh reads its script", () => {
  const { stderr, status } = spawnSync("zsh", ["-n", "skillgraph.zsh"], { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});

test("another shell is refused", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  expect(await runCommandLine(["completion", "tcsh"])).toBe(2);
  write.mockRestore();
});
