import { Argument, type Command } from "commander";
import type { Done } from "../options.ts";

export function addCompletion(program: Command, done: Done): void {
  program
    .command("completion")
    .description("print a script that completes commands, flags, files and runs in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Examples:
  source <(skillgraph completion bash)    in ~/.bashrc
  source <(skillgraph completion zsh)     in ~/.zshrc, after compinit
  skillgraph completion fish > ~/.config/fish/completions/skillgraph.fish`,
    )
    .action(async (shell, _, command) =>
      done((await import("../completion.ts")).completionCommand(shell, command.parent)),
    );
}
