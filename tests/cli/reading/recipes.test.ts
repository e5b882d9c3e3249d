import { describe, expect, test } from "vitest";
import { runCommandLine } from "../../../cli/program.ts";
import { recipes } from "../../../graphs/recipes/all.ts";
import { keepWritten } from "../../support/written.ts";

const written = keepWritten();

describe("recipes", () => {
  test("lists all of them with source and cost", async () => {
    expect(await runCommandLine(["recipes"])).toBe(0);
    for (const { name, source } of recipes)
      expect(written.stdout).toMatch(new RegExp(`^${name} .*\\d.*${source}$`, "m"));
  });

  test.each(recipes.map(({ name }) => name))("shows the policies and settings of %s, each with words", async (name) => {
    expect(await runCommandLine(["recipes", name])).toBe(0);
    expect(written.stdout).toMatch(/^ {2}archive +archive\./m);
    const recipe = recipes.find((each) => each.name === name)!;
    for (const setting of Object.keys(recipe.settings))
      expect(written.stdout).toMatch(new RegExp(`^${setting} +\\S+ +\\S+`, "m"));
  });

  test("has the same as JSON", async () => {
    expect(await runCommandLine(["recipes", "gepa", "--json"])).toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject([
      {
        name: "gepa",
        cost: { batch: 3, start: 100 },
        settings: { front: { default: "instance", isOwn: true }, batch: { default: 3, isOwn: false } },
      },
    ]);
  });

  test("names the nearest of an unknown one, and of an unknown setting of this recipe", async () => {
    expect(await runCommandLine(["recipes", "gepas"])).toBe(2);
    expect(written.stderr).toContain('Unknown recipe "gepas" (did you mean "gepa"?)');
    const tasks = ["--tasks", "examples/support-messages", "--store", "memory:"];
    expect(await runCommandLine(["optimize", ...tasks, "--recipe", "gepa", "--set", "merge=1"])).toBe(2);
    expect(written.stderr).toContain('Recipe "gepa" has no setting "merge" (did you mean "merges"?)');
    expect(await runCommandLine(["optimize", ...tasks, "--set", "members=3"])).toBe(2);
    expect(written.stderr).toContain('Recipe "hill-climb" has no setting "members"');
    expect(await runCommandLine(["optimize", ...tasks, "--recipe", "gepa", "--set", "members=65"])).toBe(2);
    expect(written.stderr).toContain('Setting "members" cannot be 65');
  });

  test("names an objective that the verifier does not give, and what to do", async () => {
    const tasks = ["--tasks", "examples/support-messages", "--store", "memory:"];
    const small = ["batch=5", "validation=5", 'objectives=["speed"]'].flatMap((setting) => ["--set", setting]);
    expect(await runCommandLine(["optimize", ...tasks, "--recipe", "mocha", ...small])).toBe(2);
    expect(written.stderr.match(/The objective "speed" is not available/g)).toHaveLength(1);
    expect(written.stderr).toContain('start another with the setting "objectives" corrected');
    expect(written.stderr).toContain("The run was stored in memory, so it cannot be continued.");
    expect(written.stderr).not.toContain("Continue with:");
  });
});
