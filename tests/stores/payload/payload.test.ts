import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createSkillFolder, programHash } from "../../../skills/folder.ts";
import { DamageError } from "../../../state/errors.ts";
import { hashJson, sha256 } from "../../../state/json.ts";
import { withChecksums } from "../../../stores/checksum.ts";
import { createMemoryDriver } from "../../../stores/drivers/memory.ts";
import { createPayload } from "../../../stores/payload/payload.ts";
import { blobSpace } from "../../../stores/spaces.ts";
import { drivers } from "../../support/stores.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
const skills = [
  createSkillFolder("zeta", { "SKILL.md": new TextEncoder().encode("\ufeff# Zeta\r\n\u{1f600}") }),
  createSkillFolder("alpha", {
    "SKILL.md": new TextEncoder().encode("# Alpha"),
    "data/latin-1.txt": bytes(0xe9, 0x74, 0xe9),
    "data/nul.bin": bytes(0, 1, 2, 0),
    "data/empty": bytes(),
  }),
];

describe.each(drivers)("the payload over $name", ({ open }) => {
  test("gives a program back byte for byte, by name, under programHash", async () => {
    const { store, dispose } = open();
    const hash = await createPayload({ store, family: "f" }).putProgram(skills);
    expect(hash).toBe(programHash(skills));
    const read = await createPayload({ store, family: "f" }).program(hash);
    expect(read).toEqual(skills.toReversed());
    expect(read.map((skill) => Object.keys(skill.files).length)).toEqual([4, 1]);
    await dispose();
  });

  test("stores a program with one commit, what it shares with another one only once", async () => {
    const { store, dispose } = open();
    const commit = vi.spyOn(store, "commit");
    const payload = createPayload({ store, family: "f" });
    await payload.putProgram(skills);
    const edited = createSkillFolder("zeta", { "SKILL.md": new TextEncoder().encode("# Zeta, edited") });
    await payload.putProgram([edited, skills[1]!]);
    await payload.putProgram(skills);
    expect(commit.mock.calls.map(([batch]) => batch.length)).toEqual([8, 3]);
    await dispose();
  });

  test("refuses a file that no object can hold by its name", async () => {
    const { store, dispose } = open();
    const skill = createSkillFolder("odd", { ["__proto__"]: bytes(1) });
    await expect(createPayload({ store, family: "f" }).putProgram([skill])).rejects.toThrow(/Rename it/);
    await dispose();
  });

  test("stores JSON under hashJson, and reads it through its schema", async () => {
    const { store, dispose } = open();
    const payload = createPayload({ store, family: "f" });
    const value = { b: [1, "NUL \0 half \ud83d"], a: null };
    const hash = await payload.putJson(value);
    expect(hash).toBe(hashJson(value));
    expect(await payload.json(hash, z.json())).toEqual(value);
    await expect(payload.json(hash, z.string())).rejects.toThrow(/has an unexpected format/);
    await expect(payload.putJson({ a: undefined })).rejects.toThrow(/\$\.a is not plain JSON/);
    await dispose();
  });

  test("names a blob that is missing, of another family, or damaged", async () => {
    const { store, dispose } = open();
    const hash = await createPayload({ store, family: "f" }).putJson("text");
    const other = createPayload({ store, family: "other" });
    await expect(other.json(hash, z.string())).rejects.toThrow(new RegExp(`blob/${hash}" in .* is missing. Restore`));
    await expect(other.program(sha256("nothing"))).rejects.toMatchObject({ code: "store" });
    await store.commit([{ space: blobSpace("f", hash), put: { blob: 'text:"texd"' } }]);
    const again = createPayload({ store, family: "f" });
    await expect(again.json(hash, z.string())).rejects.toThrow(/is damaged\. Restore/);
    await dispose();
  });
});

test("mends a damaged blob when the same is put again", async () => {
  const driver = createMemoryDriver();
  const store = withChecksums(driver);
  const hash = await createPayload({ store, family: "f" }).putJson("text");
  const space = blobSpace("f", hash);
  await driver.commit([{ space, put: { blob: "rotten" } }]);
  await expect(createPayload({ store, family: "f" }).json(hash, z.string())).rejects.toThrow(DamageError);
  await createPayload({ store, family: "f" }).putJson("text");
  expect(await createPayload({ store, family: "f" }).json(hash, z.string())).toBe("text");
});
