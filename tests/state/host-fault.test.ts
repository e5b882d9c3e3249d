import { describe, expect, test } from "vitest";
import { CallError, HostError, ProviderError, SkillError, StoreError } from "../../state/errors.ts";
import { complaintIn, hostErrorOf } from "../../state/host-fault.ts";

const system = (code: string) => Object.assign(new Error(`${code}: said by the system`), { code, path: "/place" });
const asked = { doing: "write a file", place: "/tmp" };

const hosts = ["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EAGAIN", "ENOMEM", "EROFS", "EIO", "E2BIG"];
const own = ["EACCES", "EPERM", "ENOENT"];
const others = [
  "ECONNREFUSED",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ENAMETOOLONG",
  "EEXIST",
  "EISDIR",
  "ABORT_ERR",
];

describe("an error is the host's", () => {
  test.each(hosts)("by its code %s, wherever it was met and however it was wrapped", (code) => {
    const wrapped = [
      system(code),
      new Error("outer", { cause: new TypeError("inner", { cause: system(code) }) }),
      new SkillError("house", "SKILL.md", "It cannot be written.", { cause: system(code) }),
      new CallError("It failed.", { cause: system(code) }),
    ];
    for (const error of wrapped) {
      const found = hostErrorOf(error, asked);
      expect(found).toBeInstanceOf(HostError);
      expect(found?.message).toMatch(
        new RegExp(
          `^This machine could not write a file in /tmp: .+ \\(${code}\\)\\. .+, then resume the run; no result`,
        ),
      );
    }
    expect(hostErrorOf(system(code))?.place).toBe("/place");
  });

  test.each(own)("by its code %s in a place of skillgraph's own only", (code) => {
    expect(hostErrorOf(system(code), asked)).toBeUndefined();
    expect(hostErrorOf(system(code), { ...asked, isOwn: true })).toBeInstanceOf(HostError);
  });

  test.each(others)("and not by %s", (code) => {
    expect(hostErrorOf(system(code), { ...asked, isOwn: true })).toBeUndefined();
  });

  test("and stays what it is where it pauses a run already, or is none", () => {
    const known = hostErrorOf(system("ENOSPC"), asked);
    expect(hostErrorOf(known)).toBe(known);
    expect(hostErrorOf(new ProviderError("down", { cause: system("EMFILE") }))).toBeUndefined();
    expect(hostErrorOf(new StoreError("full", { cause: system("ENOSPC"), isHostFault: true }))).toBeUndefined();
    for (const nothing of [undefined, null, "ENOSPC", { code: "constructor" }, new Error("ENOSPC")])
      expect(hostErrorOf(nothing, asked)).toBeUndefined();
  });
});

describe("what a program complains of", () => {
  test("is read from its last lines", () => {
    expect(complaintIn("tar: write error: No space left on device\n")).toBe("ENOSPC");
    expect(complaintIn(`No space left on device${"\nlater".repeat(5)}`)).toBeUndefined();
  });

  test.each(["Permission denied", "No such file or directory", "the ENOSPCX flag", "knife and fork", ""])(
    "is not the host in: %s",
    (said) => {
      expect(complaintIn(said)).toBeUndefined();
    },
  );
});
