import { markdownLines } from "./lines.ts";

/** A relative link of a Markdown text: the file it means, without fragment and query. `line` counts from 1. */
export interface RelativeLink {
  readonly target: string;
  readonly line: number;
}

/** The relative links and images of a Markdown text from an offset on; code, web addresses and anchors are left out. */
export function relativeLinks(text: string, from = 0): RelativeLink[] {
  const links: RelativeLink[] = [];
  for (const { text: content, line, fenced } of markdownLines(text, from)) {
    if (fenced) continue;
    const prose = content.replaceAll(/`[^`]*`/g, "");
    for (const match of prose.matchAll(/\]\([ \t]*(?:<([^<>]*)>|([^()\s]+))/g)) {
      const target = fileOf(match[1] ?? match[2] ?? "");
      if (target !== undefined) links.push({ target, line });
    }
  }
  return links;
}

/** The path of a link from the folder's root, or undefined where it leaves the folder. */
export function resolveLink(target: string): string | undefined {
  const path: string[] = [];
  for (const segment of target.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") path.push(segment);
    else if (path.pop() === undefined) return undefined;
  }
  return path.join("/");
}

function fileOf(link: string): string | undefined {
  const path = link.split(/[?#]/)[0] ?? "";
  if (path === "" || path.startsWith("/") || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
