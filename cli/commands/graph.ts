import { Option, type Command } from "commander";
import { configOption, type Done } from "./options.ts";

export function addGraph(program: Command, done: Done): void {
  program
    .command("graph")
    .description("draw the graph of a recipe as LangGraph has compiled it")
    .argument("[recipe]", "its name (default: the recipe of the config, else hill-climb)")
    .addOption(new Option("--format <name>", "how").choices(["mermaid", "svg", "json"]).default("mermaid"))
    .addOption(configOption())
    .addOption(new Option("--verbose", "show where an error comes from"))
    .addHelpText("after", "\nExample:\n  skillgraph graph hill-climb --format svg > graph.svg")
    .action(async (recipe, options) => done(await (await import("../reading/graph.ts")).graphCommand(recipe, options)));
}
