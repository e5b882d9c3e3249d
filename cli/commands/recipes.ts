import { Option, type Command } from "commander";
import { configOption, type Done } from "../options.ts";

export function addRecipes(program: Command, done: Done): void {
  program
    .command("recipes")
    .description("the optimizers by name: where each comes from, what it keeps and costs, and its settings")
    .argument("[name]", "one of them, with all its settings")
    .addOption(configOption())
    .addOption(new Option("--json", "print the result as one line of JSON, last on stdout"))
    .addOption(new Option("--verbose", "show where an error comes from"))
    .addHelpText("after", "\nExamples:\n  skillgraph recipes\n  skillgraph recipes gepa")
    .action(async (name, options) => done(await (await import("../reading/recipes.ts")).recipesCommand(name, options)));
}
