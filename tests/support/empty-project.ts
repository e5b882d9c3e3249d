import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pack } from "../../scripts/pack.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const execute = promisify(execFile);

interface Manifest {
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

export interface EmptyProject {
  folder: string;
  /** Runs a program in the project, where commands of the package are found, and gives what it wrote; throws where it fails. */
  run(
    file: string,
    words: readonly string[],
    environment?: Record<string, string>,
  ): Promise<{ stdout: string; stderr: string }>;
}

/**
 * A project with nothing but the package, packed as it is built, as npm would install it, without a network: the tarball
 * unpacked, and beside it links to the packages that it declares, so that a package it does not declare is not found.
 */
export async function createEmptyProject(): Promise<EmptyProject> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "skillgraph-project-")));
  await linkPackage(folder, pack(folder).tarball);
  const PATH = `${join(folder, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  return {
    folder,
    async run(file, words, environment = {}) {
      const env = { ...process.env, PATH, ...environment };
      return new Promise((done, fail) => {
        execFile(file, [...words], { cwd: folder, env }, (error, stdout, stderr) => {
          if (error === null) return done({ stdout, stderr });
          const end = error.code ?? error.signal;
          fail(new Error(`${file} ${words.join(" ")} ended with ${end}:\n${stdout}${stderr}`));
        });
      });
    },
  };
}

/** Installs a packed package, and others that are here, in a folder. */
export async function linkPackage(folder: string, tarball: string, others: readonly string[] = []): Promise<void> {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await execute("tar", ["-xzf", tarball, "-C", modules]);
  renameSync(join(modules, "package"), join(modules, "skillgraph"));
  const manifest = JSON.parse(readFileSync(join(modules, "skillgraph/package.json"), "utf8")) as Manifest;
  for (const name of [...installed(manifest), ...others]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  for (const [name, file] of Object.entries(manifest.bin)) {
    symlinkSync(join("../skillgraph", file), join(modules, ".bin", name));
  }
}

/** What npm installs with the package: optional peers are left to those who want them. */
function installed({ dependencies, peerDependencies, peerDependenciesMeta = {} }: Manifest): string[] {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...Object.keys(dependencies), ...peers];
}
