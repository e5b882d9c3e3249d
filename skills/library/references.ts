import { decodeText, mainFile, type SkillFolder } from "../folder.ts";
import { markdownLines } from "../lines.ts";
import { relativeLinks, resolveLink } from "../links.ts";

/** A link that leads nowhere once the skill is installed by itself. */
interface DeadLink {
  readonly skill: string;
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly target: string;
  /** `outside`: it leaves the skill's folder, perhaps for another skill. */
  readonly problem: "missing" | "outside";
}

export interface References {
  readonly dead: readonly DeadLink[];
  /** Files, as SKILL/PATH, that refer to one another in a circle, each circle once and in order. */
  readonly circles: ReadonlyArray<readonly string[]>;
}

/** The references in all Markdown files of some skills: links, and names of other skills in `code`. */
export function referencesIn(skills: readonly SkillFolder[]): References {
  const mains = new Map(skills.map((skill) => [skill.name, placeOf(skill.name, mainFile(skill))]));
  const dead: DeadLink[] = [];
  const edges = new Map<string, Set<string>>();
  for (const skill of skills) {
    const folders = foldersOf(skill);
    for (const [file, bytes] of Object.entries(skill.files)) {
      const text = /\.(?:md|markdown)$/i.test(file) ? decodeText(bytes) : undefined;
      if (text === undefined) continue;
      const own = edgesOf(text, { skill, file, folders, mains, dead });
      edges.set(placeOf(skill.name, file), own);
    }
  }
  return { dead, circles: circlesIn(edges) };
}

interface Reading {
  skill: SkillFolder;
  file: string;
  folders: ReadonlySet<string>;
  mains: ReadonlyMap<string, string>;
  /** Takes what leads nowhere. */
  dead: DeadLink[];
}

/** The files that a file refers to. */
function edgesOf(text: string, { skill, file, folders, mains, dead }: Reading): Set<string> {
  const found = new Set<string>();
  const folder = file.split("/").slice(0, -1).join("/");
  for (const { target, line } of relativeLinks(text)) {
    const inside = resolveLink(`${folder}/${target}`);
    const outside = inside === undefined ? resolveLink(`${skill.name}/${folder}/${target}`) : undefined;
    const main = mains.get(outside?.split("/")[0] ?? "");
    if (main !== undefined) found.add(main);
    if (inside === undefined) dead.push({ skill: skill.name, file, line, target, problem: "outside" });
    else if (Object.hasOwn(skill.files, inside)) found.add(placeOf(skill.name, inside));
    else if (!folders.has(inside)) dead.push({ skill: skill.name, file, line, target, problem: "missing" });
  }
  for (const { text: content, fenced } of markdownLines(text)) {
    if (fenced) continue;
    for (const [, name = ""] of content.matchAll(/`([^`]*)`/g)) {
      const main = mains.get(name);
      if (main !== undefined && name !== skill.name) found.add(main);
    }
  }
  return found;
}

/** The folders of a skill, of which the first is its root, named "". */
function foldersOf({ files }: SkillFolder): Set<string> {
  const folders = new Set([""]);
  for (const path of Object.keys(files)) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
      folders.add(path.slice(0, end));
  }
  return folders;
}

/** Sets of nodes that can all be reached from one another: strongly connected components (Tarjan 1972), here without recursion. */
function circlesIn(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles: string[][] = [];
  const lower = (node: string, to: number) => lowest.set(node, Math.min(lowest.get(node) as number, to));
  const enter = (node: string) => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    stack.push(node);
    onStack.add(node);
    return { node, next: [...(edges.get(node) ?? [])] };
  };
  for (const start of edges.keys()) {
    if (order.has(start)) continue;
    const path = [enter(start)];
    while (path.length > 0) {
      const { node, next } = path.at(-1) as (typeof path)[number];
      const other = next.shift();
      if (other !== undefined) {
        if (!order.has(other)) path.push(enter(other));
        else if (onStack.has(other)) lower(node, order.get(other) as number);
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) lower(above.node, lowest.get(node) as number);
      if (lowest.get(node) !== order.get(node)) continue;
      const members = stack.splice(stack.lastIndexOf(node));
      for (const member of members) onStack.delete(member);
      if (members.length > 1 || edges.get(node)?.has(node) === true) circles.push(members.toSorted());
    }
  }
  return circles.toSorted(([one = ""], [other = ""]) => (one < other ? -1 : 1));
}

function placeOf(skill: string, file: string): string {
  return `${skill}/${file}`;
}
