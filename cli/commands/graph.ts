import { Option, type Command } from "commander";
import type { Done } from "./options.ts";

export function addGraph(program: Command, done: Done): void {
  program
    .command("graph")
    .description("draw the graph of a recipe as LangGraph has compiled it")
    .argument("[recipe]", "the recipe", "loop")
    .addOption(new Option("--format <name>", "how").choices(["mermaid", "svg", "json"]).default("mermaid"))
    .addOption(new Option("--verbose", "show where an error comes from"))
    .addHelpText("after", "\nExample:\n  skillgraph graph --format svg > loop.svg")
    .action(async (recipe, options) => done(await (await import("../graph.ts")).graphCommand(recipe, options)));
}
