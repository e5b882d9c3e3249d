import type { ListRange, StoredRecord } from "../record-store.ts";

/**
 * How records lie in Redis. What belongs to one family shares a hash tag, and so a node of a cluster:
 *
 *   PREFIX{family}/records        sorted set, all scores 0: space NUL key NUL version NUL value, which sorts by space and key
 *   PREFIX{family}/sequences      hash: space -> its last commit sequence
 *   PREFIX{family}/writer/WRITER  string: the last call of a writer and what came of it, for an hour
 *   PREFIXformat                  string: the number of this layout and of what is in it
 *   PREFIXstore                   string: the id of this store, another one for each that is made anew
 *
 * Names of spaces stand there without their family. A space without one, such as `directory`, is a family of its own.
 */
export interface Place {
  /** What all keys of the family begin with. */
  root: string;
  /** The space's name within its family. */
  name: string;
}

export const format = 3;
export const storeKey = (prefix: string) => `${prefix}store`;
export const formatKey = (prefix: string) => `${prefix}format`;

export function placeOf(prefix: string, space: string): Place {
  const family = /^\{[^{}]+\}/.exec(space)?.[0];
  if (family !== undefined) return { root: `${prefix}${family}`, name: space.slice(family.length) };
  return { root: `${prefix}{/${encodeURIComponent(space)}}`, name: space };
}

export const recordsKey = (root: string) => `${root}/records`;
export const sequencesKey = (root: string) => `${root}/sequences`;
export const writerKey = (root: string, writer: string) => `${root}/writer/${writer}`;

/** The bounds of a range of keys, as ZRANGEBYLEX takes them. Keys hold no NUL, so nothing stands between key and version. */
export function boundsOf(name: string, { from = "", to }: ListRange): [lowest: string, highest: string] {
  return [`[${name}\0${from}`, to === undefined ? `(${name}\u0001` : `(${name}\0${to}`];
}

export function boundsOfKey(name: string, key: string): [lowest: string, highest: string] {
  return [`[${name}\0${key}\0`, `(${name}\0${key}\u0001`];
}

export function recordOf(name: string, member: string): StoredRecord & { key: string } {
  const keyAt = name.length + 1;
  const versionAt = member.indexOf("\0", keyAt) + 1;
  const valueAt = member.indexOf("\0", versionAt) + 1;
  return {
    key: member.slice(keyAt, versionAt - 1),
    value: member.slice(valueAt),
    version: Number(member.slice(versionAt, valueAt - 1)),
  };
}
