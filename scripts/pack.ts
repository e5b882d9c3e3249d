import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

export interface PackedFile {
  path: string;
  size: number;
  mode: number;
}

export interface Packed {
  tarball: string;
  files: PackedFile[];
  size: number;
  unpackedSize: number;
}

/** Packs what is built, as it would be published, into a folder. */
export function pack(folder: string): Packed {
  const words = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { status, stdout, stderr } = spawnSync("npm", words, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm pack failed with ${status}:\n${stderr}`);
  const [packed] = JSON.parse(stdout) as [Omit<Packed, "tarball"> & { filename: string }];
  return { ...packed, tarball: join(folder, packed.filename) };
}
