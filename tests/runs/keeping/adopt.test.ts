import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Analyst } from "../../../analysts/analyst.ts";
import { runCommandLine } from "../../../cli/program.ts";
import { defineRecipe } from "../../../graphs/recipe.ts";
import { headArchive } from "../../../policies/archive.ts";
import { constantEdits, withOperations } from "../../../policies/edit-budget.ts";
import { headSelection } from "../../../policies/selection.ts";
import { noTrial } from "../../../policies/trial.ts";
import { replaceFiles, standingAt } from "../../../readers/replace.ts";
import { readProgram } from "../../../readers/skill.ts";
import { adopt } from "../../../runs/keeping/adopt.ts";
import { optimize } from "../../../runs/cycle/optimize.ts";
import { show } from "../../../runs/reading/show.ts";
import { textOf } from "../../../skills/folder.ts";
import type { Edit } from "../../../state/program.ts";
import { createMemoryStore } from "../../../stores/drivers/memory.ts";
import { openStore } from "../../../stores/open.ts";
import type { RecordStore } from "../../../stores/record-store.ts";
import { houseParts, houseProgram, houseSettings, houseSuites } from "../../support/world.ts";
import { keepWritten } from "../../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-adopt-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let number = 0;

/** A skill of several files, in a folder with others. */
function skillFolder(): string {
  number += 1;
  const place = join(folder, String(number), "house");
  mkdirSync(join(place, "scripts"), { recursive: true });
  writeFileSync(join(place, "SKILL.md"), textOf(houseProgram[0] as (typeof houseProgram)[0]) ?? "");
  writeFileSync(join(place, "scripts", "run.sh"), "#!/bin/sh\n");
  chmodSync(join(place, "SKILL.md"), 0o640);
  writeFileSync(join(place, "..", "README.md"), "beside the skill");
  return place;
}

async function runOn(skillPath: string | undefined, store: RecordStore = createMemoryStore()): Promise<RecordStore> {
  const program = skillPath === undefined ? houseProgram : await readProgram(skillPath);
  const from = { program, skillPath, tasks: houseSuites, settings: { ...houseSettings, generations: 2 } };
  await (await optimize({ ...houseParts(), ...from, run: "house", store })).result();
  return store;
}

const bestOf = async (store: RecordStore) => (await show("house", { store })).best;

describe("adopting", () => {
  test("writes the best to the folder it came from, keeps modes, and touches nothing else", async () => {
    const place = skillFolder();
    const store = await runOn(place);
    const asked: string[] = [];
    const adoption = await adopt("house", { store, confirm: ({ diff }) => asked.push(diff) > 0 });
    expect(adoption).toMatchObject({
      run: "house",
      place,
      written: ["house/SKILL.md"],
      deleted: [],
      changed: [],
      adopted: true,
    });
    expect(asked).toEqual([(await show("house", { store })).diff]);
    expect(await readProgram(place)).toEqual(await bestOf(store));
    expect(statSync(join(place, "SKILL.md")).mode & 0o777).toBe(0o640);
    expect(readdirSync(place).toSorted()).toEqual(["SKILL.md", "scripts"]);
    expect(readFileSync(join(place, "..", "README.md"), "utf8")).toBe("beside the skill");
    expect(await adopt("house", { store, confirm: () => false })).toMatchObject({
      diff: "",
      written: [],
      adopted: true,
    });
  });

  test("leaves all as it is where the answer is no", async () => {
    const place = skillFolder();
    const [store, before] = [await runOn(place), await readProgram(place)];
    expect((await adopt("house", { store, confirm: () => false })).adopted).toBe(false);
    expect(await readProgram(place)).toEqual(before);
  });

  test("refuses what has changed since the run began, also while it asks, unless forced", async () => {
    const place = skillFolder();
    const store = await runOn(place);
    const edit = (text: string) => writeFileSync(join(place, "scripts", "run.sh"), `#!/bin/sh\n${text}\n`);
    const edits = async () => (edit("echo"), true);
    await expect(adopt("house", { store, confirm: edits })).rejects.toThrow("has changed in the meantime");
    await expect(adopt("house", { store })).rejects.toThrow("house/scripts/run.sh. Nothing was written");
    writeFileSync(join(place, "notes.md"), "mine");
    await expect(adopt("house", { store })).rejects.toThrow("house/notes.md, house/scripts/run.sh");
    await adopt("house", { store, force: true });
    const [now, best] = [(await readProgram(place))[0], (await bestOf(store))[0]];
    expect(now?.files["notes.md"]).toBeDefined();
    expect({ ...now?.files, "notes.md": undefined }).toEqual({ ...best?.files, "notes.md": undefined });
  });

  test("goes on where it was cut short: what is as the best has it has not changed", async () => {
    const place = skillFolder();
    const store = await runOn(place);
    writeFileSync(join(place, "SKILL.md"), (await bestOf(store))[0]?.files["SKILL.md"] ?? "");
    expect((await adopt("house", { store })).written).toEqual([]);
  });

  test("takes a single text, and follows a link to it", async () => {
    const place = join(folder, "texts");
    mkdirSync(place);
    const text = textOf(houseProgram[0] as (typeof houseProgram)[0]) ?? "";
    writeFileSync(join(place, "CLAUDE.md"), text);
    symlinkSync("CLAUDE.md", join(place, "AGENTS.md"));
    const store = await runOn(join(place, "AGENTS.md"));
    const adoption = await adopt("house", { store });
    expect(adoption.written).toEqual(["agents/AGENTS.md"]);
    expect(readlinkSync(join(place, "AGENTS.md"))).toBe("CLAUDE.md");
    const best = textOf((await bestOf(store))[0] as never);
    expect(readFileSync(join(place, "CLAUDE.md"), "utf8")).toBe(best);
    await adopt("house", { store, to: join(place, "new", "PROMPT.md") });
    expect(readFileSync(join(place, "new", "PROMPT.md"), "utf8")).toBe(best);
    writeFileSync(join(place, "OTHER.md"), "something else");
    await expect(adopt("house", { store, to: join(place, "OTHER.md") })).rejects.toThrow("has changed");
  });

  test("takes a folder of skills, and a path that is free; refuses a place of another skill", async () => {
    const gathered = join(skillFolder(), "..");
    const store = await runOn(gathered);
    await adopt("house", { store });
    expect(await readProgram(gathered)).toEqual(await bestOf(store));
    await adopt("house", { store, to: join(folder, "elsewhere", "house") });
    expect(await readProgram(join(folder, "elsewhere", "house"))).toEqual(await bestOf(store));
    await expect(adopt("house", { store, to: join(folder, "elsewhere", "home") })).rejects.toThrow(
      'must be named "house"',
    );
    const other = join(folder, "elsewhere", "other");
    mkdirSync(other);
    writeFileSync(join(other, "SKILL.md"), "---\nname: other\ndescription: Another.\n---\n");
    await expect(adopt("house", { store, to: other })).rejects.toThrow("holds other, not house");
  });

  test("says what to do for a run that began with no file, and where its place is gone", async () => {
    await expect(adopt("house", { store: await runOn(undefined) })).rejects.toThrow("--to PATH");
    const place = skillFolder();
    const store = await runOn(place);
    rmSync(place, { recursive: true });
    await expect(adopt("house", { store })).rejects.toThrow("no longer exists");
    await adopt("house", { store, force: true });
    expect(await readProgram(place)).toEqual(await bestOf(store));
  });
});

describe("adopting a program whose skills changed", () => {
  /** Accepts one draft of these edits, whatever it scores. */
  async function changedBy(skillPath: string, edits: Edit[]): Promise<RecordStore> {
    const store = createMemoryStore();
    const origin = { operator: "scripted", target: "", features: {} };
    const analyst: Analyst = {
      ...houseParts().analyst,
      fingerprint: "scripted@1",
      propose: async () => ({ drafts: [{ edits, origin }], simulations: 0 }),
    };
    const recipe = defineRecipe({
      name: "wide",
      version: 1,
      summary: "takes any edit",
      policies: () => ({
        selection: headSelection,
        trial: noTrial,
        archive: headArchive,
        edits: withOperations(constantEdits),
      }),
    });
    const from = { program: await readProgram(skillPath), skillPath, tasks: houseSuites };
    const settings = { batch: 4, generations: 1, target: null };
    await (await optimize({ ...houseParts(), analyst, recipe, ...from, settings, run: "house", store })).result();
    return store;
  }
  const alarm = (file: string, text: string): Edit => ({ op: "create-file", skill: "alarm", file, text });
  const created = [
    alarm("SKILL.md", "---\nname: alarm\ndescription: Wakes.\n---\n"),
    alarm("references/times.md", "6:00\n"),
  ];

  test("creates folders of new skills beside the one it began with, after the yes", async () => {
    const place = skillFolder();
    const store = await changedBy(place, created);
    const beside = join(place, "..");
    expect((await adopt("house", { store, confirm: () => false })).adopted).toBe(false);
    expect(existsSync(join(beside, "alarm"))).toBe(false);
    const written = ["alarm/SKILL.md", "alarm/references/times.md"];
    const adoption = await adopt("house", { store, confirm: ({ diff }) => diff.includes("+++ b/alarm/SKILL.md") });
    expect(adoption).toMatchObject({ place, written, deleted: [], changed: [], adopted: true });
    expect(await readProgram(beside)).toEqual(await bestOf(store));
    expect(readFileSync(join(beside, "README.md"), "utf8")).toBe("beside the skill");
    expect(await adopt("house", { store, confirm: () => false })).toMatchObject({ written: [], adopted: true });
  });

  test("refuses a folder of that name that is there already, and writes into it by force", async () => {
    const place = skillFolder();
    const store = await changedBy(place, created);
    const other = join(place, "..", "alarm");
    mkdirSync(other);
    writeFileSync(join(other, "notes.md"), "mine");
    await expect(adopt("house", { store })).rejects.toThrow('has changed since run "house" started: alarm/notes.md');
    await adopt("house", { store, force: true });
    expect(readdirSync(other).toSorted()).toEqual(["SKILL.md", "notes.md", "references"]);
    const gathered = join(folder, "gathered");
    mkdirSync(join(gathered, "alarm"), { recursive: true });
    writeFileSync(join(gathered, "alarm", "notes.md"), "mine");
    mkdirSync(join(gathered, "house"));
    writeFileSync(join(gathered, "house", "SKILL.md"), (await readProgram(place))[0]!.files["SKILL.md"]!);
    await expect(adopt("house", { store, to: gathered })).rejects.toThrow("alarm/notes.md");
  });

  test("renames the folder of a renamed skill, and has nothing to do then", async () => {
    const place = skillFolder();
    const store = await changedBy(place, [{ op: "rename-skill", skill: "house", to: "home" }]);
    const adoption = await adopt("house", { store });
    expect(adoption).toMatchObject({
      written: ["home/SKILL.md", "home/scripts/run.sh"],
      deleted: ["house/SKILL.md", "house/scripts/run.sh"],
    });
    expect(existsSync(place)).toBe(false);
    expect(await readProgram(join(place, "..", "home"))).toEqual(await bestOf(store));
    expect(await adopt("house", { store })).toMatchObject({ written: [], deleted: [], adopted: true });
  });

  test("deletes the folder of a skill from a folder of skills, and keeps what else is in it", async () => {
    const gathered = join(skillFolder(), "..");
    const alone = join(gathered, "alarm");
    mkdirSync(alone);
    writeFileSync(join(alone, "SKILL.md"), "---\nname: alarm\ndescription: Wakes.\n---\n");
    const store = await changedBy(gathered, [{ op: "delete-skill", skill: "alarm" }]);
    expect(await adopt("house", { store })).toMatchObject({ written: [], deleted: ["alarm/SKILL.md"] });
    expect(existsSync(alone)).toBe(false);
    expect(readFileSync(join(gathered, "README.md"), "utf8")).toBe("beside the skill");
  });
});

test("files that a program has no more are deleted with their empty folders, and nothing through a link", async () => {
  const place = skillFolder();
  const program = await readProgram(place);
  const gone = [{ skill: "house", file: "scripts/run.sh" }];
  await replaceFiles(await standingAt(place, program), { write: [], delete: gone });
  expect(readdirSync(place)).toEqual(["SKILL.md"]);
  mkdirSync(join(folder, "outside"));
  writeFileSync(join(folder, "outside", "run.sh"), "not of the skill");
  symlinkSync(join(folder, "outside"), join(place, "scripts"));
  const standing = { ...(await standingAt(join(place, "..", "free", "house"), program)), root: place };
  await expect(replaceFiles(standing, { write: [], delete: gone })).rejects.toThrow("blocks the path");
  expect(existsSync(join(folder, "outside", "run.sh"))).toBe(true);
});

describe("on the command line", () => {
  const written = keepWritten();

  test("shows the diff, writes nothing without a yes, and has exit code 1 then and where it is refused", async () => {
    const place = skillFolder();
    const url = `file:${join(folder, "cli.db")}`;
    const store = await openStore(url);
    await runOn(place, store);
    await store.close();
    const before = readFileSync(join(place, "SKILL.md"), "utf8");
    expect(await runCommandLine(["adopt", "house", "--store", url])).toBe(1);
    expect(written.stdout).toContain("+## Rules");
    expect(written.stderr).toContain("give --yes");
    expect(readFileSync(join(place, "SKILL.md"), "utf8")).toBe(before);
    expect(await runCommandLine(["adopt", "house", "--store", url, "--yes"])).toBe(0);
    expect(readFileSync(join(place, "SKILL.md"), "utf8")).toContain("## Rules");
    writeFileSync(join(place, "SKILL.md"), `${before}\nmore\n`);
    expect(await runCommandLine(["adopt", "house", "--store", url, "--yes"])).toBe(1);
    expect(written.stderr).toContain("Nothing was written");
  });
});
