import { hasLoneSurrogate } from "./unicode.ts";

/** Path segments that are never part of a skill, at any depth. */
const ignored = new Set([".git", "node_modules", ".ds_store"]);

export function isIgnoredName(name: string): boolean {
  return ignored.has(name.toLowerCase());
}

/**
 * Why a path cannot stand for a file inside a folder; undefined when it can. Paths are relative, with forward slashes,
 * and stay inside on every platform.
 */
export function pathProblem(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (hasLoneSurrogate(path)) return "it is not valid Unicode";
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(path)) return "it has control characters";
  if (path.includes("\\")) return "it has a backslash; write forward slashes";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "it is absolute; write it relative to the folder";
  const segments = path.split("/");
  if (segments.includes("..")) return 'it has ".."; files stay inside the folder';
  if (segments.includes("") || segments.includes(".")) return 'it has an empty or "." segment';
  // A record with this key loses it when a schema copies the record.
  if (path === "__proto__") return "the name is reserved by JavaScript";
  return undefined;
}
