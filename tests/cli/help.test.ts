import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../cli/program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a file imports as it is loaded: no types, and nothing that is imported when it is asked for. */
function importsOf(file: string): string[] {
  const text = readFileSync(resolve(root, file), "utf8");
  const imports = text.matchAll(/^(?:import|export) (?!type )(?:[^;"]*? from )?"([^"]+)";/gm);
  return [...imports].map((match) => match[1] as string);
}

/** All that is loaded with a file: files of ours, and packages. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const target of importsOf(file)) {
    if (target.startsWith(".")) loadedWith(relative(root, resolve(root, dirname(file), target)), found);
    else found.add(target);
  }
  return found;
}

test("the help loads three small packages, and of ours little but what it says", () => {
  const loaded = [...loadedWith("cli/main.ts"), ...loadedWith("cli/program.ts"), ...loadedWith("cli/environment.ts")];
  const packages = loaded.filter((name) => !/[.:]/.test(name));
  expect([...new Set(packages)].toSorted()).toEqual(["commander", "dotenv", "picocolors"]);
  const elsewhere = loaded.filter((name) => name.endsWith(".ts") && !name.startsWith("cli/"));
  expect([...new Set(elsewhere)].toSorted()).toEqual([
    "runs/store.ts",
    "skills/unseen.ts",
    "state/errors.ts",
    "state/host-fault.ts",
    "stores/secret-forms.ts",
    "stores/secret-search.ts",
    "stores/secrets.ts",
  ]);
});

/** The help of a command as it is printed, with what was added to it. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

test("an option whose value can be left out takes its preset as it takes a word", () => {
  const options = createProgram(() => undefined).commands.flatMap((command) => command.options);
  const preset = options.filter(({ presetArg }) => presetArg !== undefined);
  expect(preset.map(({ long }) => long)).toContain("--dashboard");
  for (const { parseArg, presetArg } of preset) {
    expect(typeof presetArg).toBe("string");
    expect(() => parseArg?.(presetArg as string, undefined)).not.toThrow();
  }
});

describe("the help of each command", () => {
  const { commands } = createProgram(() => undefined);
  test.each(commands.map((command) => [command.name(), command] as const))(
    "%s has an example that can be typed",
    (name, command) => {
      const [, examples = ""] = helpOf(command).split(/\nExamples?:\n/);
      expect(examples).toMatch(new RegExp(`^  skillgraph ${name}( |$)`, "m"));
      for (const [option] of examples.matchAll(/(?<= )--[a-z-]+/g)) {
        expect(command.options.map(({ long }) => long)).toContain(option);
      }
    },
  );
});
