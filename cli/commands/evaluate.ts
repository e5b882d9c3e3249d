import { Option, type Command } from "commander";
import {
  agentForms,
  common,
  concurrencyOption,
  count,
  needs,
  skillFlag,
  rubricFlags,
  share,
  skillForms,
  tasksFlags,
  verifierForms,
  type Done,
} from "../options.ts";

const explanation = `Exit code 4: the skill falls short. It does if
  - its mean score is below --min-score, or
  - the 95 % interval of the mean difference to --against, task by task, is entirely below 0;
    with --expect better also if it is not entirely above 0.
A missing answer counts neither for a skill nor against it. If more are missing than --max-missing allows, no
conclusion is possible, and the skill falls short of --min-score and --against.

Examples:
  skillgraph evaluate --skill skills/mine --tasks my-tasks
  skillgraph evaluate --skill skills/mine --tasks my-tasks --min-score 0.8 --against main/skills/mine`;

export function addEvaluate(program: Command, done: Done): void {
  const command = program
    .command("evaluate")
    .description("run a skill on tasks once and score it")
    .option(skillFlag, skillForms)
    .option(...tasksFlags)
    .addOption(
      new Option("--split <name>", "the split to use").choices(["train", "validation", "test"]).default("test"),
    )
    .option("--agent <name>", agentForms, "procedure")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .option("--min-score <s>", "minimum mean score, 0 to 1; below it the exit code is 4", share)
    .option(
      "--max-missing <s>",
      "largest allowed share of tasks without a result, for either skill (default: 0.2)",
      share,
    )
    .option("--against <path>", "another skill to run on the same tasks and to compare with, task by task")
    .addOption(
      new Option(
        "--expect <what>",
        "with --against: exit code 4 if the skill is shown to be worse (no-worse), or is not shown to be better (better)",
      )
        .choices(["no-worse", "better"])
        .default("no-worse"),
    )
    .addOption(
      new Option("--visibility <which>", "which skills the agent sees for a question: see docs/agents.md")
        .choices(["all", "retrieved", "all-but", "shuffled"])
        .default("all"),
    )
    .option("--visible <n>", "with --visibility retrieved or shuffled: number of skills at most (default: 5)", count)
    .option("--hidden <names...>", "with --visibility all-but: the skills that are not shown")
    .addOption(concurrencyOption());
  needs(common(command), "skill", "tasks")
    .addHelpText("after", `\n${explanation}`)
    .action(async (options) => done(await (await import("../evaluation/evaluate.ts")).evaluateCommand(options)));
}
