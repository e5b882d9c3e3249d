import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SettingsError } from "../../state/errors.ts";

/** Writes a file piece by piece beside its place and moves it there at the end: there is all of it, or what was there before. */
export async function writeWhole(
  flag: string,
  file: string,
  pieces: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  if ((await stat(file).catch(() => undefined))?.isDirectory() === true)
    throw new SettingsError(flag, `--${flag} ${file} is a folder. Name a file in it.`);
  const temporary = `${file}.${randomUUID()}.tmp`;
  await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => refuse(flag, file, error));
  try {
    const target = createWriteStream(temporary, { flags: "wx" });
    await pipeline(Readable.from(pieces), target);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    const { path, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== undefined && (path === temporary || path === file)) refuse(flag, file, error);
    throw error;
  }
}

function refuse(flag: string, file: string, cause: unknown): never {
  const { message } = cause as Error;
  throw new SettingsError(flag, `--${flag} ${file} cannot be written: ${message}. Name a file that can be.`, { cause });
}
