import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { answerOnly } from "../../cli/cycle/approval.ts";
import { runCommandLine } from "../../cli/program.ts";
import type { ApprovalRequest } from "../../state/approval.ts";
import { writeHouseTasks } from "../support/house-files.ts";
import { temporaryFolder } from "../support/stores.ts";
import { keepWritten } from "../support/written.ts";

const folder = temporaryFolder();
const tasks = writeHouseTasks(folder.path);
afterAll(() => folder.remove());

const written = keepWritten();

const flags = ["--store", `file:${join(folder.path, "runs.db")}`, "--out", join(folder.path, "out")];
const settings = ["batch=10", "wave=6", "acceptance=no-worse", "approve=always"].flatMap((setting) => [
  "--set",
  setting,
]);
const optimize = ["optimize", "--tasks", tasks, "--generations", "2", ...settings, "--run", "a", ...flags];

test("a run without a terminal waits with exit code 3, and is answered by approve and reject", async () => {
  expect(await runCommandLine(optimize)).toBe(3);
  expect(written.stdout).toContain("a waiting (Accept the candidate of generation 1?)");
  expect(written.stderr).toMatch(/improved \+.*repaired.*\n--- a\/house\/SKILL\.md/);
  expect(written.stderr).toContain("Decide with: skillgraph approve a --store");

  expect(await runCommandLine(["reject", "a", "--because", "too narrow", ...flags])).toBe(3);
  expect(written.stderr).toContain("rejected (turned down by a person: too narrow)");

  written.stdout = "";
  expect(await runCommandLine(["show", "a", flags[0] as string, flags[1] as string, "--json"])).toBe(0);
  expect(JSON.parse(written.stdout)).toMatchObject({ status: "waiting", asked: { generation: 2 } });

  written.stdout = "";
  expect(await runCommandLine(["approve", "a", ...flags, "--json"])).toBe(0);
  expect(written.result()).toMatchObject({ status: "finished", asked: null });

  expect(await runCommandLine(["approve", "a", ...flags])).toBe(2);
  expect(written.stderr).toContain('Run "a" is not waiting for an answer');
});

describe("an answer is for the question that was asked when it was given", () => {
  const asked = {
    question: "Accept the candidate of generation 1?",
    generation: 1,
    candidate: { program: "a".repeat(64), parent: "b".repeat(64), operator: "add", target: "x" },
    evidence: null,
    verdict: { accepted: true, decided: true, reason: "improved", delta: 0.1 },
    reasons: [],
    diff: "",
  } as unknown as ApprovalRequest;
  const { signal } = new AbortController();

  test.each([
    ["of another generation", { generation: 2 }],
    ["about another candidate", { candidate: { ...asked.candidate, program: "c".repeat(64) } }],
    ["on other evidence", { verdict: { ...asked.verdict, delta: 0.2 } }],
    ["for another reason", { reasons: ["it changes scripts: house/scripts/run.sh"] }],
  ])("and not for one %s", (_, change) => {
    const told: string[] = [];
    const approve = answerOnly(asked, {
      answer: true,
      onAnswer: () => void told.push("answer"),
      onOther: () => void told.push("other"),
    });
    expect(approve({ ...asked, ...change } as ApprovalRequest, { signal })).toBeUndefined();
    expect(told).toEqual(["other"]);
    expect(approve({ ...asked }, { signal })).toBe(true);
    // What comes next nobody has answered: there is no terminal here.
    expect(approve({ ...asked }, { signal })).toBeUndefined();
    expect(told).toEqual(["other", "answer"]);
  });
});
