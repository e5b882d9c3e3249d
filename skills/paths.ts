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
  for (const segment of segments) {
    if (segment.includes(":")) return "it has a colon, which systems read as a drive or a stream";
    if (/[. ]$/.test(segment)) return "a part of it ends with a dot or a space, which Windows drops";
    if (/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(segment))
      return "the name is reserved for a device by Windows";
  }
  // A record with this key loses it when a schema copies the record.
  if (path === "__proto__") return "the name is reserved by JavaScript";
  return undefined;
}

/** What two paths have in common that are one file on a system that ignores case or the form of accents. */
export function foldedPath(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** Two paths, or folders of them, that differ only in case or in the form of accents; undefined if there are none. */
export function clashIn(paths: Iterable<string>): readonly [string, string] | undefined {
  const known = new Map<string, string>();
  for (const path of paths) {
    const segments = path.split("/");
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const part = segments.slice(0, depth).join("/");
      const other = known.get(foldedPath(part));
      if (other !== undefined && other !== part) return [other, part];
      known.set(foldedPath(part), part);
    }
  }
  return undefined;
}
