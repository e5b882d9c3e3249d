import type { z } from "zod";
import { createSkillFolder, folderOf, programHash, type SkillFolder } from "../../skills/folder.ts";
import { programTokens } from "../../skills/tokens.ts";
import { SkillError } from "../../state/errors.ts";
import { canonicalJson, type Hash } from "../../state/json.ts";
import { Folder, Program } from "../../state/program.ts";
import { createBlobs } from "./blobs.ts";
import { createJsonReader } from "./json-reader.ts";
import type { RecordStore } from "../record-store.ts";

/**
 * Programs and other large things of a family, by the hash of their bytes; JSON has the bytes of its canonical text.
 * Reading throws a DamageError for a hash that is not there, or whose bytes do not fit it.
 */
export interface Payload {
  /** Resolves to `programHash(skills)`, once every file, every folder and the program itself are durable. */
  putProgram(skills: readonly SkillFolder[]): Promise<Hash>;
  /** The skills of a program, ordered by name. */
  program(hash: Hash): Promise<SkillFolder[]>;
  /** Reads all of some programs and values, and throws a DamageError where that fails. */
  verify(from: { programs: Iterable<Hash>; values: Iterable<Hash> }): Promise<void>;
  /** Tokens of all text files of a program. */
  tokens(hash: Hash): Promise<number>;
  /** Resolves to `hashJson(value)`. */
  putJson(value: unknown): Promise<Hash>;
  /** The value may be one that was given before: do not change it. */
  json<Value>(hash: Hash, schema: z.ZodType<Value>): Promise<Value>;
}

/** Folders kept in memory: a candidate shares all but a few of them with its parent. */
const cachedFolders = 256;

export function createPayload({ store, family }: { store: RecordStore; family: string }): Payload {
  const blobs = createBlobs({ store, family });
  const folders = new Map<string, SkillFolder>();
  const tokens = new Map<Hash, Promise<number> | number>();
  const json = createJsonReader({ blobs, url: store.url });

  async function folder(name: string, hash: Hash): Promise<SkillFolder> {
    const place = `${name}/${hash}`;
    const known = folders.get(place);
    if (known !== undefined) return known;
    const { files } = await json(hash, Folder);
    const contents = Object.entries(files).map(async ([path, file]) => [path, await blobs.get(file)] as const);
    const skill = createSkillFolder(name, Object.fromEntries(await Promise.all(contents)));
    folders.set(place, skill);
    if (folders.size > cachedFolders) folders.delete(folders.keys().next().value as string);
    return skill;
  }

  async function program(hash: Hash): Promise<SkillFolder[]> {
    const { skills } = await json(hash, Program);
    return Promise.all(Object.entries(skills).map(([name, skill]) => folder(name, skill)));
  }

  const once = createOnce();

  return {
    json,
    async verify({ programs, values }) {
      await once(programs, program);
      await once(values, (hash) => blobs.get(hash));
    },
    async tokens(hash) {
      const known = tokens.get(hash) ?? programTokens(await program(hash));
      tokens.set(hash, known);
      return known;
    },
    program,
    async putProgram(skills) {
      const contents = skills.flatMap(({ name, files }) => {
        if (!Object.hasOwn(files, "__proto__")) return [...Object.values(files), bytesOfJson(folderOf(files))];
        throw new SkillError(
          name,
          "__proto__",
          `Skill "${name}" has a file named "__proto__", which cannot be stored. Rename it.`,
        );
      });
      const record = { skills: Object.fromEntries(skills.map(({ name, hash }) => [name, hash])) };
      await blobs.put([...contents, bytesOfJson(record)]);
      return programHash(skills);
    },
    async putJson(value) {
      const [hash] = await blobs.put([bytesOfJson(value)]);
      return hash as Hash;
    },
  };
}

/** Reads each hash that was not read before. */
function createOnce() {
  const known = new Set<Hash>();
  return async (hashes: Iterable<Hash>, read: (hash: Hash) => Promise<unknown>): Promise<void> => {
    for (const hash of new Set(hashes)) {
      if (known.has(hash)) continue;
      await read(hash);
      known.add(hash);
    }
  };
}

function bytesOfJson(value: unknown): Uint8Array {
  return Buffer.from(canonicalJson(value));
}
