import { Option, type Command } from "commander";
import {
  agentForms,
  common,
  concurrencyOption,
  count,
  needs,
  port,
  rubricFlags,
  sharedStoreOption,
  verifierForms,
  type Done,
} from "../options.ts";

export function addWorker(program: Command, done: Done): void {
  const command = program
    .command("worker")
    .description("do rollouts of runs with --executor queue, which share a store in Redis with this process")
    .option("--agent <name>", agentForms, "procedure")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .addOption(concurrencyOption())
    .addOption(
      new Option(
        "--rollouts-per-minute <n>",
        "rollouts that all workers with this agent and verifier together may begin in a minute; give each the same number",
      ).argParser(count),
    )
    .addOption(
      new Option("--dashboard [port]", "show the queues on a page at 127.0.0.1; 0 is any free port")
        .argParser(port)
        .preset("0"),
    );
  needs(common(command, sharedStoreOption()), "store")
    .addHelpText(
      "after",
      "\nIt takes rollouts of every run with the same agent and verifier, until it is stopped: the first Ctrl-C (or SIGTERM) waits for " +
        "rollouts under way, the second leaves them to other workers.\n" +
        "\nExamples:\n  skillgraph worker --store redis://10.0.0.5 --config skillgraph.config.ts --concurrency 16\n" +
        "  skillgraph worker --store redis://10.0.0.5 --agent chat:gpt-5-mini --verifier f1",
    )
    .action(async (options) => done(await (await import("../workers/worker.ts")).workerCommand(options)));
}
