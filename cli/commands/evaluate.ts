import { Option, type Command } from "commander";
import {
  agentForms,
  common,
  concurrencyOption,
  needs,
  skillFlag,
  rubricFlags,
  share,
  skillForms,
  tasksFlags,
  verifierForms,
  type Done,
} from "./options.ts";

const explanation = `Exit code 4: the skill falls short. It does where
  - its mean score is below --min-score, or
  - the 95 % interval of the mean difference to --against, task by task, lies below 0 as a whole;
    with --expect better also where it does not lie above 0 as a whole.
A missing answer counts neither for a skill nor against it. Where more are missing than --max-missing allows, nothing
can be told, and the skill falls short of --min-score and --against.

Examples:
  skillgraph evaluate --skill skills/mine --tasks my-tasks
  skillgraph evaluate --skill skills/mine --tasks my-tasks --min-score 0.8 --against main/skills/mine`;

export function addEvaluate(program: Command, done: Done): void {
  const command = program
    .command("evaluate")
    .description("run a skill on tasks once and score it")
    .option(skillFlag, skillForms)
    .option(...tasksFlags)
    .addOption(new Option("--split <name>", "which tasks").choices(["train", "validation", "test"]).default("test"))
    .option("--agent <name>", agentForms, "procedure")
    .option("--verifier <name>", verifierForms, "exact")
    .option(...rubricFlags)
    .option("--min-score <s>", "the least mean score, 0 to 1; below it the exit code is 4", share)
    .option(
      "--max-missing <s>",
      "the largest share of tasks that may lack a result, of either skill (default: 0.2)",
      share,
    )
    .option("--against <path>", "another skill, run on the same tasks and compared with task by task")
    .addOption(
      new Option(
        "--expect <what>",
        "against another skill: exit code 4 where it is shown to be worse, or not shown to be better",
      )
        .choices(["no-worse", "better"])
        .default("no-worse"),
    )
    .addOption(concurrencyOption());
  needs(common(command), "skill", "tasks")
    .addHelpText("after", `\n${explanation}`)
    .action(async (options) => done(await (await import("../evaluation/evaluate.ts")).evaluateCommand(options)));
}
