import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { decodeText } from "../skills/folder.ts";
import { SettingsError } from "../state/errors.ts";
import { sizes } from "../state/sizes.ts";

const most = { files: 200, bytes: 5_000_000 };

/**
 * Texts about a subject, by path in the folder: the .md and .txt files in a folder and below, in order of path, or one file. Links are not
 * followed. Throws a SettingsError where there are none, too many or too long ones, or one that is not UTF-8.
 */
export async function readDocuments(path: string): Promise<Record<string, string>> {
  const files = await filesAt(path);
  if (files.length === 0) throw refused(`${path} has no .md or .txt files. Give a folder with some, or one file.`);
  if (files.length > most.files)
    throw refused(`${path} has ${files.length} documents; at most ${most.files} are read. Give a smaller folder.`);
  let bytes = 0;
  const documents: Array<[string, string]> = [];
  for (const { title, place } of files) {
    bytes += (await stat(place)).size;
    if (bytes > most.bytes) throw refused(`The documents in ${path} have more than 5 MB. Give fewer or shorter ones.`);
    const text = decodeText(await readFile(place));
    if (text === undefined) throw refused(`${place} is not UTF-8 text. Save it as UTF-8, or leave it out.`);
    if (text.length > sizes.editedFile)
      throw refused(`${place} has ${text.length} characters; at most ${sizes.editedFile} are taken. Split it.`);
    documents.push([title, text]);
  }
  return Object.fromEntries(documents);
}

async function filesAt(path: string): Promise<Array<{ title: string; place: string }>> {
  try {
    if ((await stat(path)).isFile()) return [{ title: basename(path), place: path }];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.(?:md|txt)$/i.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((place) => ({ title: relative(path, place).split(sep).join("/"), place }))
      .filter(({ title }) => title !== "__proto__")
      .toSorted((a, b) => (a.title < b.title ? -1 : 1));
  } catch (cause) {
    throw refused(`The documents at ${path} cannot be read: ${String(cause)}. Give a folder or a file.`, cause);
  }
}

function refused(message: string, cause?: unknown): SettingsError {
  return new SettingsError("documents", message, { cause });
}
