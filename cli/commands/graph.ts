import { Option, type Command } from "commander";
import { configOption, type Done } from "../options.ts";

export function addGraph(program: Command, done: Done): void {
  program
    .command("graph")
    .description("draw the compiled graph of a recipe")
    .argument("[recipe]", "the recipe (default: the recipe of the config, otherwise hill-climb)")
    .addOption(new Option("--format <name>", "how").choices(["mermaid", "svg", "json"]).default("mermaid"))
    .addOption(configOption())
    .addOption(new Option("--verbose", "show the stack trace of an error"))
    .addHelpText("after", "\nExample:\n  skillgraph graph hill-climb --format svg > graph.svg")
    .action(async (recipe, options) => done(await (await import("../reading/graph.ts")).graphCommand(recipe, options)));
}
