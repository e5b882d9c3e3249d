import { Option, type Command } from "commander";
import { configOption, type Done } from "./options.ts";

export function addGraph(program: Command, done: Done): void {
  program
    .command("graph")
    .description("draw the graph of a recipe, or of the config, as LangGraph has compiled it")
    .argument("[recipe]", "the recipe; without one the graph of the config, or else loop")
    .addOption(new Option("--format <name>", "how").choices(["mermaid", "svg", "json"]).default("mermaid"))
    .addOption(configOption())
    .addOption(new Option("--verbose", "show where an error comes from"))
    .addHelpText("after", "\nExample:\n  skillgraph graph --format svg > loop.svg")
    .action(async (recipe, options) => done(await (await import("../reading/graph.ts")).graphCommand(recipe, options)));
}
