import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { commandNamed, presetOptions } from "../../cli/parts/command-agents.ts";
import { runCommandLine } from "../../cli/program.ts";
import { splitWords } from "../../cli/parts/words.ts";
import { keepWritten } from "../support/written.ts";

const folder = mkdtempSync(join(tmpdir(), "skillgraph-cli-agents-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An agent that obeys "answer X" of a skill it was told to read, and knows nothing otherwise. */
const agent = join(folder, "my agent.cjs");
writeFileSync(
  agent,
  `const fs = require("node:fs");
   const place = /Read (\\S+)/.exec(process.argv[2] ?? "")?.[1];
   console.log(place === undefined ? "?" : /answer (\\w+)/.exec(fs.readFileSync(place, "utf8"))[1]);`,
);
const tasks = join(folder, "tasks.jsonl");
const lines = Array.from({ length: 40 }, (_, index) => ({
  id: String(index),
  input: `lamp ${index}`,
  expected: "lights",
}));
writeFileSync(tasks, lines.map((line) => JSON.stringify(line)).join("\n"));
const skill = join(folder, "house");
mkdirSync(skill);
writeFileSync(join(skill, "SKILL.md"), "---\nname: house\ndescription: About a house.\n---\n\nAlways answer lights.\n");

const written = keepWritten();
afterEach(() => {
  vi.unstubAllEnvs();
});

const evaluate = (name: string) =>
  runCommandLine(["evaluate", "--skill", skill, "--tasks", tasks, "--agent", name, "--store", "memory:", "--json"]);

describe("--agent command:", () => {
  test("runs a command on the tasks, with the order to follow the skill or without", async () => {
    expect(await evaluate(`command:'${process.execPath}' '${agent}' {prompt}`)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ score: 1, missing: 0, used: { house: 0 } });
    written.stdout = "";
    expect(await evaluate(`command:'${process.execPath}' '${agent}' {input}`)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ score: 0, missing: 0 });
  });

  test("tells that the command is missing", async () => {
    expect(await evaluate("command:skillgraph-no-such-command")).not.toBe(0);
    expect(written.stderr).toContain('The command "skillgraph-no-such-command" is not installed or not on the PATH.');
  });

  test("has what stands in its files in the fingerprint, and no value that is handed on", () => {
    vi.stubEnv("MY_KEY", "secret");
    const before = commandNamed(`MY_KEY=$MY_KEY node '${agent}'`).fingerprint;
    expect(before).toMatch(/^command@1 MY_KEY=\$MY_KEY node .* [0-9a-f]{16}$/);
    const copy = join(folder, "copy.cjs");
    writeFileSync(copy, "1");
    const one = commandNamed(`node '${copy}'`).fingerprint;
    writeFileSync(copy, "2");
    expect(commandNamed(`node '${copy}'`).fingerprint).not.toBe(one);
  });

  test("takes how long it may work, where its answer is, and whether nothing can be one", async () => {
    const silent = `'${process.execPath}' -e ''`;
    expect(await evaluate(`command:${silent}`)).not.toBe(0);
    expect(written.stderr).toContain("If an empty answer is valid, set emptyAnswer.");
    expect(await evaluate(`command:?emptyAnswer=true ${silent}`)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ score: 0, missing: 0 });
    written.stdout = "";
    const writing = `'${process.execPath}' -e 'require("node:fs").writeFileSync("answer.txt", "lights")'`;
    expect(await evaluate(`command:?answerFile=answer.txt&seconds=60 ${writing}`)).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({ score: 1, missing: 0 });
    expect(commandNamed("?emptyAnswer=true A=1 my-agent").fingerprint).toBe("command@1 ?emptyAnswer=true A=1 my-agent");
  });

  test.each(["?emptyAnswer=yes a", "?seconds=1m a", "?skill=forced a", "?answerFile= a"])("refuses %s", (argument) =>
    expect(() => commandNamed(argument)).toThrow(/Invalid agent option/),
  );

  test.each(["", "A=1", "?seconds=9"])("needs a command: '%s'", (argument) =>
    expect(() => commandNamed(argument)).toThrow(/The command after "command:" is missing/),
  );
});

test.each([
  [`a  'b c' "d \\"e\\" $f" g\\ h`, ["a", "b c", 'd "e" $f', "g h"]],
  [`A='x y' --flag="" ''`, ["A=x y", "--flag=", ""]],
  ["", []],
])("the words of %s", (line, words) => expect(splitWords(line)).toEqual(words));

test("a quote without its end is told", () => expect(() => splitWords(`a "b`)).toThrow(/unclosed quote/));

describe("--agent PRESET:MODEL?OPTIONS", () => {
  const variables = { keys: ["FIRST_KEY", "SECOND_KEY"], baseUrl: "PLACE" };

  test("gives the options, with the key that is set", () => {
    vi.stubEnv("SECOND_KEY", "secret");
    expect(presetOptions("a/b:c?skill=triggered&seconds=9&write=true&emptyAnswer=true", variables)).toEqual({
      model: "a/b:c",
      skill: "triggered",
      seconds: 9,
      write: true,
      emptyAnswer: true,
      key: "SECOND_KEY",
      baseUrl: undefined,
    });
  });

  test("needs no key for a server of one's own", () => {
    vi.stubEnv("PLACE", "http://localhost:1/v1");
    expect(presetOptions(undefined, variables)).toMatchObject({
      model: undefined,
      key: null,
      baseUrl: "http://localhost:1/v1",
    });
  });

  test.each(["m?mode=x", "m?skill=maybe", "m?seconds=long", "m?write=1", "m?emptyAnswer=1"])(
    "refuses %s",
    (argument) => {
      expect(() => presetOptions(argument, variables)).toThrow(/Invalid agent option/);
    },
  );
});
