import type { Command } from "commander";
import { exitCodes } from "./terminal/failure.ts";
import { print } from "./terminal/door.ts";

export type Shell = "bash" | "zsh" | "fish";

/** What can stand after a flag or in a place: files, the names of runs, one of a few words, or what nobody can know. */
type Value = { kind: "file" | "run" | "free" } | { kind: "choice"; words: readonly string[] };

interface Flag {
  long: string;
  description: string;
  /** Undefined where the flag takes no value. */
  value: Value | undefined;
}

interface Shape {
  name: string;
  description: string;
  flags: Flag[];
  /** What its arguments are; the first decides, as all of a command are of a kind. */
  place: Value;
}

/** Prints the completion of a shell, made from the commands as they are. */
export function completionCommand(shell: Shell, program: Command): number {
  const shapes = program.commands.map(shapeOf);
  print({ bash: bashScript, zsh: zshScript, fish: fishScript }[shell](shapes));
  return exitCodes.finished;
}

function shapeOf(command: Command): Shape {
  const flags = command.options.map(({ long, description, required, optional, argChoices, flags: words }) => ({
    long: long ?? "",
    description,
    value: required || optional ? valueOf(/<([^<>]+)>/.exec(words)?.[1], argChoices) : undefined,
  }));
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    flags: [...flags, { long: "--help", description: "show its help", value: undefined }],
    place: argument === undefined ? { kind: "free" } : valueOf(argument.name(), argument.argChoices),
  };
}

function valueOf(name: string | undefined, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: "choice", words: choices };
  if (["path", "file", "dir"].includes(name ?? "")) return { kind: "file" };
  return { kind: ["run", "other", "from", "to"].includes(name ?? "") ? "run" : "free" };
}

/** Every run leaves a folder there, unless it was told to leave it elsewhere. To ask the store would take too long. */
const runsFolder = ".skillgraph/out";

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function bashScript(shapes: readonly Shape[]): string {
  const words = (list: readonly string[]) => `_skillgraph_words ${quoted(list.join(" "))} "$cur"`;
  const complete = (value: Value): string => {
    if (value.kind === "choice") return words(value.words);
    return { file: '_skillgraph_files "$cur"', run: '_skillgraph_runs "$cur"', free: ":" }[value.kind];
  };
  const branch = ({ name, flags, place }: Shape) => {
    const values = flags.flatMap(({ long, value }) =>
      value === undefined ? [] : [`        ${long}) ${complete(value)}; return ;;`],
    );
    return `    ${name})
      case $prev in
${values.join("\n") || "        '') ;;"}
      esac
      if [[ $cur == -* ]]; then ${words(flags.map(({ long }) => long))}; else ${complete(place)}; fi ;;`;
  };
  return `# Completion of skillgraph for bash: source <(skillgraph completion bash)
_skillgraph_words() { COMPREPLY=($(compgen -W "$1" -- "$2")); }
_skillgraph_files() { local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$1")); }
_skillgraph_runs() { _skillgraph_words "$(command ls ${runsFolder} 2>/dev/null)" "$1"; }
_skillgraph() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= word
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then command=$word; break; fi
  done
  COMPREPLY=()
  case $command in
    '') ${words([...shapes.map(({ name }) => name), "--help"])} ;;
${shapes.map(branch).join("\n")}
  esac
}
complete -F _skillgraph skillgraph
`;
}

function zshScript(shapes: readonly Shape[]): string {
  const text = (words: string) => words.replaceAll(/[[\]:\\]/g, (mark) => `\\${mark}`);
  const action = (value: Value): string => {
    if (value.kind === "choice") return `:value:(${value.words.join(" ")})`;
    return { file: ":file:_files", run: ":run:_skillgraph_runs", free: ":value: " }[value.kind];
  };
  const branch = ({ name, flags, place }: Shape) => {
    const specs = flags.map(({ long, description, value }) =>
      quoted(`*${long}[${text(description)}]${value === undefined ? "" : action(value)}`),
    );
    return `        ${name}) _arguments ${[...specs, quoted(`*${action(place)}`)].join(" ")} ;;`;
  };
  return `#compdef skillgraph
# Completion of skillgraph for zsh: source <(skillgraph completion zsh)
_skillgraph_runs() { local -a runs; runs=(${runsFolder}/*(N:t)); compadd -a runs }
_skillgraph() {
  local state line
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(${shapes.map(({ name, description }) => quoted(`${name}:${text(description)}`)).join(" ")})
      _describe command commands ;;
    argument)
      case $words[1] in
${shapes.map(branch).join("\n")}
      esac ;;
  esac
}
compdef _skillgraph skillgraph
`;
}

function fishScript(shapes: readonly Shape[]): string {
  const text = (words: string) => `'${words.replaceAll(/['\\]/g, (mark) => `\\${mark}`)}'`;
  const runs = `(command ls ${runsFolder} 2>/dev/null)`;
  const value = (given: Value): string => {
    if (given.kind === "choice") return ` -x -a ${text(given.words.join(" "))}`;
    return { file: " -r -F", run: ` -x -a ${text(runs)}`, free: " -x" }[given.kind];
  };
  const lines = shapes.flatMap(({ name, description, flags, place }) => {
    const within = `complete -c skillgraph -n '__fish_seen_subcommand_from ${name}'`;
    const places = { file: [`${within} -F`], run: [`${within} -a ${text(runs)}`], free: [], choice: [] };
    return [
      `complete -c skillgraph -n __fish_use_subcommand -a ${name} -d ${text(description)}`,
      ...flags.map((flag) => {
        const takes = flag.value === undefined ? "" : value(flag.value);
        return `${within} -l ${flag.long.slice(2)}${takes} -d ${text(flag.description)}`;
      }),
      ...(place.kind === "choice" ? [`${within} -a ${text(place.words.join(" "))}`] : places[place.kind]),
    ];
  });
  return `# Completion of skillgraph for fish
complete -c skillgraph -f
${lines.join("\n")}
`;
}
