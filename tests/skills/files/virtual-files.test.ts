import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createVirtualFiles } from "../../../skills/files/virtual-files.ts";
import { matchesWildcard } from "../../../skills/files/wildcard.ts";
import { createSkillFolder, programHash, type SkillFolder } from "../../../skills/folder.ts";
import { FileLog, FileOperationName } from "../../../state/file-operation.ts";

const encoder = new TextEncoder();
const sorter = (): SkillFolder =>
  createSkillFolder("sorter", {
    "SKILL.md": encoder.encode("---\nname: sorter\n---\n# Sorter\n\nBe kind.\nSay Lamp.\n"),
    "references/lamps.md": encoder.encode("one\ntwo\nthree\n"),
    "references/pic.bin": new Uint8Array([0xff, 0xfe, 0x00]),
  });
const filesOf = () => createVirtualFiles([sorter()]);

describe("virtual files", () => {
  test("are read, listed and searched", () => {
    const files = filesOf();
    expect(files.perform("list", {})).toMatchObject({ success: true, data: ["sorter/"], error: null });
    expect(files.perform("list", { path: "sorter/" }).data).toEqual(["sorter/SKILL.md", "sorter/references/"]);
    expect(files.perform("read", { path: "sorter/references/lamps.md" }).data).toBe("one\ntwo\nthree\n");
    expect(files.perform("head", { path: "sorter/references/lamps.md", lines: 2 }).data).toBe("one\ntwo");
    expect(files.perform("tail", { path: "sorter/references/lamps.md", lines: 2 }).data).toBe("three\n");
    expect(files.perform("find", { name: "*.md" }).data).toEqual(["sorter/SKILL.md", "sorter/references/lamps.md"]);
    expect(files.perform("grep", { text: "LAMP" }).data).toEqual([
      { path: "sorter/SKILL.md", line: 7, text: "Say Lamp." },
    ]);
    expect(programHash(files.skills())).toBe(programHash([sorter()]));
  });

  test("are written, copied, moved and deleted, and become a program again", () => {
    const files = filesOf();
    expect(files.perform("mkdir", { path: "sorter/references/deep" })).toMatchObject({ success: true });
    expect(files.perform("write", { path: "sorter/references/new.md", text: "new\n" }).message).toContain("Created");
    expect(files.perform("write", { path: "sorter/references/new.md", text: "newer\n" }).message).toContain("Replaced");
    files.perform("copy", { path: "sorter/references/new.md", to: "sorter/references/deep/copy.md" });
    files.perform("rename", { path: "sorter/references/lamps.md", to: "sorter/references/lights.md" });
    files.perform("delete", { path: "sorter/references/pic.bin" });
    expect(Object.keys(files.skills()[0]!.files).toSorted()).toEqual([
      "SKILL.md",
      "references/deep/copy.md",
      "references/lights.md",
      "references/new.md",
    ]);
  });

  test.each([
    ["read", { path: "sorter/none.md" }, "missing"],
    ["read", { path: "sorter/references" }, "missing"],
    ["read", { path: "sorter/references/pic.bin" }, "not-text"],
    ["read", { path: "../etc/passwd" }, "path"],
    ["read", { path: "/etc/passwd" }, "path"],
    ["read", { path: "other/SKILL.md" }, "path"],
    ["write", { path: "sorter/.git/config", text: "x" }, "path"],
    ["write", { path: "sorter/__proto__", text: "x" }, "path"],
    ["write", { path: "sorter/skill.md", text: "x" }, "exists"],
    ["write", { path: "sorter/SKILL.md/x.md", text: "x" }, "exists"],
    ["write", { path: "sorter/References/x.md", text: "x" }, "exists"],
    ["write", { path: "sorter/x.md", text: "\ud800" }, "not-text"],
    ["write", { path: "sorter", text: "x" }, "refused"],
    ["write", { path: "sorter/x.md", text: "x".repeat(1_000_001) }, "too-large"],
    ["copy", { path: "sorter/references/pic.bin", to: "sorter/pic.bin" }, "not-text"],
    ["rename", { path: "sorter/references/pic.bin", to: "sorter/pic.bin" }, "not-text"],
    ["rename", { path: "sorter/references/lamps.md", to: "sorter/SKILL.md" }, "exists"],
    ["rename", { path: "sorter/SKILL.md", to: "sorter/x.md" }, "refused"],
    ["delete", { path: "sorter/SKILL.md" }, "refused"],
    ["delete", { path: "sorter" }, "refused"],
    ["delete", { path: "sorter/references" }, "refused"],
    ["copy", { path: "sorter/none.md", to: "sorter/x.md" }, "missing"],
    ["mkdir", { path: "sorter/references" }, "exists"],
    ["list", { path: "sorter/none" }, "missing"],
    ["head", { path: "sorter/SKILL.md", lines: 0 }, "arguments"],
    ["chmod", {}, "arguments"],
    ["read", null, "arguments"],
  ])("%s of %j fails with %s, and changes nothing", (operation, args, error) => {
    const files = filesOf();
    expect(files.perform(operation, args)).toMatchObject({ success: false, data: null, error });
    expect(programHash(files.skills())).toBe(programHash([sorter()]));
    expect(files.log()).toMatchObject([{ success: false }]);
  });

  test("change nothing that may not be changed", () => {
    const files = createVirtualFiles([sorter()], { mayChange: (file) => file === "SKILL.md" });
    expect(files.perform("write", { path: "sorter/scripts/run.sh", text: "x" }).error).toBe("refused");
    expect(files.perform("delete", { path: "sorter/references/lamps.md" }).error).toBe("refused");
    expect(files.perform("write", { path: "sorter/SKILL.md", text: "x" }).success).toBe(true);
  });

  test("end at their limit of operations, and show long texts and lists in part", () => {
    const files = createVirtualFiles([sorter()], { operations: 3 });
    files.perform("write", { path: "sorter/long.md", text: "lamp\n".repeat(10_000) });
    const read = files.perform("read", { path: "sorter/long.md" });
    expect([(read.data as string).length, read.message]).toEqual([20_000, expect.stringContaining("Use grep")]);
    expect(files.perform("grep", { text: "lamp" }).data).toHaveLength(100);
    expect(files.perform("list", {})).toMatchObject({ success: false, error: "limit" });
    expect(files.log()).toHaveLength(3);
  });

  test("never throw, log every operation, and keep the main file, whatever is asked", () => {
    const name = fc.constantFrom("", "sorter", "SKILL.md", "references", "lamps.md", "a", "A", "..", "é", "e\u0301");
    const path = fc.array(name, { maxLength: 4 }).map((parts) => parts.join("/"));
    const call = fc.record({
      operation: fc.constantFrom(...FileOperationName.options, "none"),
      args: fc.oneof(
        fc.record({ path, to: path, text: fc.string(), lines: fc.integer(), name: fc.string() }, { requiredKeys: [] }),
        fc.record({ path }),
        fc.record({ path, to: path }),
        fc.record({ path, text: fc.string() }),
        fc.jsonValue(),
      ),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), (calls) => {
        const files = filesOf();
        for (const { operation, args } of calls) {
          const before = programHash(files.skills());
          const result = files.perform(operation, args);
          if (!result.success) expect(programHash(files.skills())).toBe(before);
        }
        expect(FileLog.parse(files.log())).toHaveLength(calls.length);
        const [{ files: left }] = files.skills() as [SkillFolder];
        expect(Object.keys(left)).toContain("SKILL.md");
        const keys = Object.keys(left).map((each) => each.normalize("NFKC").toLowerCase());
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a wildcard", () => {
  test("matches as the expression that it stands for", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "."), maxLength: 8 });
    const expression = (pattern: string) =>
      new RegExp(`^${pattern.replaceAll(/[.]/g, "\\.").replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`);
    fc.assert(
      fc.property(text, text, (name, pattern) => {
        expect(matchesWildcard(name, pattern)).toBe(expression(pattern).test(name));
      }),
      { numRuns: 1_000 },
    );
  });

  test("takes time within the product of the lengths", () => {
    expect(matchesWildcard("a".repeat(20_000), `${"a*".repeat(100)}b`)).toBe(false);
  });
});
