import { mostFileOperations, FileOperationName, type FileOperation } from "../../state/file-operation.ts";
import type { Json } from "../../state/json.ts";
import { sizes } from "../../state/sizes.ts";
import type { SkillFolder } from "../folder.ts";
import { createSkillFolder } from "../folder.ts";
import { shorten } from "../shorten.ts";
import { fileCalls, type FileArguments } from "./file-calls.ts";
import { createTree, FileFault, type FileProblem, type Tree } from "./tree.ts";
import { matchesWildcard } from "./wildcard.ts";

/** What an operation comes to. Errors are values: a model reads them and goes on. */
type FileResult =
  | { success: true; data: Json; error: null; message: string }
  | { success: false; data: null; error: FileProblem; message: string };

/** The files of a program in memory, by path SKILL/FILE. Nothing but what `perform` returns and `log` holds leaves it. */
export interface VirtualFiles {
  /** Performs an operation. Never throws; one that fails changes nothing. */
  perform(operation: string, args: unknown): FileResult;
  /** All operations so far, in order. */
  log(): readonly FileOperation[];
  /** The program as it stands. Empty folders are left out. */
  skills(): SkillFolder[];
}

export interface VirtualFilesOptions {
  /** Which files of a skill may be created, changed or removed, by path in the skill. Default all. */
  mayChange?: (file: string) => boolean;
  /** Maximum number of operations. Default and maximum 200. */
  operations?: number;
}

const shown = { characters: 20_000, line: 300, hits: 100, entries: 500, message: 200, path: 200 };

/**
 * A virtual file system over a program (SkillForge, arXiv 2604.08618 [P]; limits are ours [R]). Paths stay inside of the skills that there are;
 * names that differ only by case or Unicode form are the same; the main file of a skill can be changed, but not moved or deleted.
 */
export function createVirtualFiles(
  skills: readonly SkillFolder[],
  { mayChange = () => true, operations: most = mostFileOperations }: VirtualFilesOptions = {},
): VirtualFiles {
  const tree = createTree(skills, mayChange);
  const log: FileOperation[] = [];
  return {
    perform(operation, args) {
      if (log.length >= Math.min(most, mostFileOperations))
        return failed("limit", `The limit of ${log.length} operations is reached. Nothing more can be done.`);
      const result = attempt(() => run(tree, operation, args));
      const { path = "", to = null } = pathsIn(args);
      const { success, message } = result;
      log.push({
        operation: shorten(operation, 20),
        path: shorten(path, shown.path),
        to: to === null ? null : shorten(to, shown.path),
        success,
        message: shorten(message, shown.message),
      });
      return result;
    },
    log: () => [...log],
    skills: () => skills.map(({ name }) => createSkillFolder(name, tree.filesOf(name))),
  };
}

function pathsIn(args: unknown): { path?: string; to?: string } {
  const given = typeof args === "object" && args !== null ? (args as Record<string, unknown>) : {};
  return Object.fromEntries(
    ["path", "to"].flatMap((key) => (typeof given[key] === "string" ? [[key, given[key]]] : [])),
  );
}

const failed = (error: FileProblem, message: string): FileResult => ({ success: false, data: null, error, message });

function attempt(work: () => { data: Json; message: string }): FileResult {
  try {
    return { success: true, error: null, ...work() };
  } catch (error) {
    if (error instanceof FileFault) return failed(error.problem, error.message);
    throw error;
  }
}

type Outcome = { data: Json; message: string };
type Work<Name extends FileOperationName> = (tree: Tree, args: FileArguments<Name>) => Outcome;

const works: { [Name in FileOperationName]: Work<Name> } = {
  read: (tree, { path }) => shownText(tree.text(path), `${path} has`),
  head: (tree, { path, lines }) =>
    shownText(linesOf(tree.text(path)).slice(0, lines).join("\n"), `The first lines of ${path} have`),
  tail: (tree, { path, lines }) =>
    shownText(linesOf(tree.text(path)).slice(-lines).join("\n"), `The last lines of ${path} have`),
  write(tree, { path, text }) {
    if (text.length > sizes.editedFile)
      throw new FileFault(
        "too-large",
        `The text has ${text.length} characters; at most ${sizes.editedFile} are taken.`,
      );
    const isNew = tree.write(path, text);
    return { data: null, message: `${isNew ? "Created" : "Replaced"} ${path}, ${text.length} characters.` };
  },
  delete(tree, { path }) {
    tree.remove(path);
    return { data: null, message: `Deleted ${path}.` };
  },
  rename: (tree, { path, to }) => {
    tree.move(path, to);
    return { data: null, message: `Renamed ${path} to ${to}.` };
  },
  copy(tree, { path, to }) {
    tree.copy(path, to);
    return { data: null, message: `Copied ${path} to ${to}.` };
  },
  mkdir(tree, { path }) {
    tree.makeFolder(path);
    return { data: null, message: `Created the folder ${path}.` };
  },
  list: (tree, { path }) => listed(tree.list(path), "entries"),
  find: (tree, { name, path }) =>
    listed(
      tree.filesBelow(path).filter((file) => matchesWildcard(file.slice(file.lastIndexOf("/") + 1), name)),
      "files",
    ),
  grep(tree, { text, path }) {
    const wanted = text.toLowerCase();
    const hits = tree
      .filesBelow(path)
      .flatMap((file) =>
        linesOf(tree.isText(file) ? tree.text(file) : "").flatMap((line, index) =>
          line.toLowerCase().includes(wanted) ? [{ path: file, line: index + 1, text: shorten(line, shown.line) }] : [],
        ),
      );
    return { data: hits.slice(0, shown.hits), message: countText(hits.length, shown.hits, "lines") };
  },
};

function run(tree: Tree, operation: string, args: unknown): Outcome {
  const name = FileOperationName.safeParse(operation);
  if (!name.success)
    throw new FileFault(
      "arguments",
      `There is no operation "${operation}". There are: ${FileOperationName.options.join(", ")}.`,
    );
  const parsed = fileCalls[name.data].schema.safeParse(args);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FileFault(
      "arguments",
      `${operation} cannot take these arguments: ${issue?.path.join(".")}: ${issue?.message}.`,
    );
  }
  return (works[name.data] as Work<never>)(tree, parsed.data as never);
}

const linesOf = (text: string) => text.split(/\r\n?|\n/);

function shownText(text: string, what: string): Outcome {
  if (text.length <= shown.characters) return { data: text, message: `${what} ${text.length} characters.` };
  const message = `${what} ${text.length} characters, of which the first ${shown.characters} are shown. Use grep, head or tail.`;
  return { data: text.slice(0, shown.characters).replace(/[\uD800-\uDBFF]$/, ""), message };
}

function listed(entries: readonly string[], noun: string): Outcome {
  return { data: entries.slice(0, shown.entries), message: countText(entries.length, shown.entries, noun) };
}

function countText(count: number, most: number, noun: string): string {
  return count <= most ? `${count} ${noun}.` : `${count} ${noun}, of which the first ${most} are shown.`;
}
