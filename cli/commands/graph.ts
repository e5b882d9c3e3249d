import { Option, type Command } from "commander";
import { configOption, type Done } from "./options.ts";

export function addGraph(program: Command, done: Done): void {
  program
    .command("graph")
    .description("draw the compiled graph of a recipe or of the config")
    .argument("[recipe]", "the recipe (default: the graph of the config, otherwise loop)")
    .addOption(new Option("--format <name>", "how").choices(["mermaid", "svg", "json"]).default("mermaid"))
    .addOption(configOption())
    .addOption(new Option("--verbose", "show the stack trace of an error"))
    .addHelpText("after", "\nExample:\n  skillgraph graph --format svg > loop.svg")
    .action(async (recipe, options) => done(await (await import("../reading/graph.ts")).graphCommand(recipe, options)));
}
