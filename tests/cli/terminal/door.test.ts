import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { describeQuestion } from "../../../cli/cycle/approval.ts";
import { confirm } from "../../../cli/terminal/confirm.ts";
import { print, printJson, tell } from "../../../cli/terminal/door.ts";
import { reportFailure } from "../../../cli/terminal/failure.ts";
import { warnOfFindings } from "../../../cli/terminal/findings.ts";
import { createProgress } from "../../../cli/terminal/progress.ts";
import { table } from "../../../cli/terminal/table.ts";
import { createWarnings } from "../../../cli/terminal/warnings.ts";
import type { ApprovalRequest } from "../../../state/approval.ts";
import { SettingsError } from "../../../state/errors.ts";
import type { RunEvent } from "../../../state/events.ts";
import { keepWritten } from "../../support/written.ts";

const written = keepWritten();

/** What no terminal may get raw. */
const raw = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const plain = (text: string) => text.replaceAll(/[\n\t]|(?<=\p{Emoji})[\uFE0E\uFE0F]/gu, "");

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        "\u001b[2J",
        "\u001b]0;x\u0007",
        "\u009b31m",
        "\u202e",
        "\u2066",
        "\u{E0041}",
        "\u200b",
        "\r",
        "\b",
        "a",
      ),
    )
    .map((pieces) => pieces.join("")),
);

const event = (fields: object) => fields as RunEvent;
const settings = { generations: 3, budgetRollouts: null, budgetTokens: null };

/** Each printer of a command, given a text of somebody else's wherever it takes one. */
const printers: Record<string, (text: string) => unknown> = {
  print,
  tell,
  printJson: (text) => printJson({ [text]: [text] }),
  confirm: (text) => confirm(text, { yes: false }),
  table: (text) =>
    print(
      table(
        [
          ["run", "at"],
          [text, text],
        ],
        { left: 1 },
      ),
    ),
  "warnings about a skill": (text) =>
    warnOfFindings([{ skill: text, file: text, line: 1, column: null, message: text, severity: "warning" } as never]),
  "an error": (text) => reportFailure(new Error(text), false),
  "an error with its stack": (text) => reportFailure(new Error(text, { cause: new Error(text) }), true),
  "an error of ours": (text) => reportFailure(new SettingsError(text, text), false),
  "what was no error": (text) => reportFailure(text, false),
  progress: (text) => tellAll(createProgress({ settings }), text),
  warnings: (text) => tellAll(createWarnings({}), text),
  "a question": (text) => {
    const verdict = { accepted: true, decided: true, reason: text, delta: 0.1 };
    const evidence = { asked: 1, planned: 1, fixed: 1, broken: 0, missing: 0 };
    return tell(
      describeQuestion({
        question: text,
        candidate: { operator: text },
        evidence,
        verdict,
        reasons: [text],
        diff: text,
      } as unknown as ApprovalRequest),
    );
  },
};

function tellAll(view: { tell(event: RunEvent): void }, message: string): void {
  for (const type of ["draft-refused", "candidate-blocked", "candidate-held", "study-warned", "rollout-warned"])
    view.tell(event({ type, message }));
  view.tell(event({ type: "task-held", suite: "train", task: message, reason: message }));
  view.tell(event({ type: "deficiencies-found", categories: { [message]: 2 } }));
  view.tell(event({ type: "generation-end", generation: 1, score: 0.5, standing: null, rollouts: 3 }));
}

describe("what others wrote is printable, in", () => {
  beforeEach(() => void vi.stubEnv("NO_COLOR", "1"));
  test.each(Object.entries(printers))("%s", async (_, printer) => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        await printer(text);
        expect(plain(written.stdout + written.stderr)).not.toMatch(raw);
        written.stdout = written.stderr = "";
      }),
      { numRuns: 60 },
    );
  });
});

test("colours of a terminal pass, those that others wrote do not", async () => {
  vi.resetModules();
  vi.stubEnv("NO_COLOR", "");
  const isTTY = Object.getOwnPropertyDescriptor(process.stderr, "isTTY");
  Object.defineProperty(process.stderr, "isTTY", { value: true, configurable: true });
  try {
    const { stderrColors } = await import("../../../cli/terminal/colors.ts");
    const door = await import("../../../cli/terminal/door.ts");
    door.tell(stderrColors.red("a\u001b[0m$&"));
    expect(written.stderr).toBe("\u001b[31ma⟨U+001B⟩[0m$&\u001b[39m");
  } finally {
    if (isTTY === undefined) delete (process.stderr as { isTTY?: boolean }).isTTY;
    else Object.defineProperty(process.stderr, "isTTY", isTTY);
  }
});

describe("a failure is told in words", () => {
  const told = (error: unknown) => {
    reportFailure(error, false);
    return written.stderr;
  };

  test("what a schema refused with its places, never as JSON", () => {
    const { error } = z.object({ usage: z.object({ tokens: z.number().min(0) }) }).safeParse({ usage: { tokens: -1 } });
    const text = told(error);
    expect(text).toContain("usage.tokens: ");
    expect(text).not.toMatch(/[{}[\]]/);
  });

  test.each(["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EROFS", "ENOMEM", "EAGAIN"])(
    "%s of the machine with what to do",
    (code) => {
      const text = told(Object.assign(new Error(`${code}: as the system says, open '/x'`), { code, path: "/x" }));
      expect(text).toMatch(/^error This machine could not continue in \/x: .* \(E\w+\)\. .*\.$/m);
      expect(text).not.toContain("defect");
    },
  );

  test.each(["EACCES", "EPERM", "EISDIR", "ENOENT"])("%s of the system with what to do", (code) => {
    const text = told(Object.assign(new Error(`${code}: as the system says, open '/x'`), { code, path: "/x" }));
    expect(text).toMatch(/^error [A-Z].*\. .* \(E\w+: .*'\/x'\)\.$/m);
    expect(text).not.toContain("defect");
  });

  test("a dump of another is cut", () => {
    expect(told(new Error("x".repeat(100_000))).length).toBeLessThan(2500);
  });
});
