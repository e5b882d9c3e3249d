import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readProgram } from "../../readers/skill.ts";
import { createSkillFolder, SKILL_FILE, textOf, type SkillFolder } from "../../skills/folder.ts";
import { newFindings, scanSkills } from "../../skills/scan/scan.ts";
import { printLine, printTable } from "../table.ts";

/** Each fifth line of a skill is left out, and the frontmatter never. */
const step = 5;

/** What a scan finds new in one line of a skill: the share of ordinary lines that are flagged, and the rules that flag them. */
export async function benignLines(folder: string): Promise<void> {
  let [lines, flagged] = [0, 0];
  const byRule = new Map<string, number>();
  const skills = await skillsBelow(folder);
  for (const skill of skills) {
    const all = (textOf(skill) ?? "").split("\n");
    const body = all.indexOf("---", 1) + 1;
    const places = [...all.keys()]
      .filter((at) => at >= body && all[at]?.trim() !== "")
      .filter((_, at) => at % step === 0);
    for (const at of places) {
      const found = newFindings([withText(skill, all)], [withText(skill, all.toSpliced(at, 1))], { only: "safety" });
      lines += 1;
      flagged += found.length > 0 ? 1 : 0;
      for (const rule of new Set(found.map((each) => each.rule))) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
    }
  }
  printLine(
    `Ordinary lines of ${skills.length} skills: ${flagged} of ${lines} flagged (${((100 * flagged) / lines).toFixed(2)} %)`,
  );
  printTable(
    ["rule", "lines"],
    [...byRule].toSorted(([, one], [, other]) => other - one).map(([rule, count]) => [rule, String(count)]),
  );
}

const fewestUnread = 20;

/** What a scan finds in each of the skills below a folder by itself, of several with one name in the first; findings of rules with fewer than `fewestUnread` skills are printed, to be read. */
export async function publicSkills(folder: string): Promise<void> {
  const skills = [...new Map((await skillsBelow(folder)).toReversed().map((skill) => [skill.name, skill])).values()];
  const found = skills.map((skill) => scanSkills([skill], { only: "safety" }));
  const share = (count: number) => `${((100 * count) / skills.length).toFixed(1)} %`;
  const any = found.filter((each) => each.length > 0).length;
  const high = found.filter((each) => each.some(({ severity }) => severity === "high")).length;
  printLine(`${skills.length} skills: any finding about safety ${share(any)}, high ${share(high)}`);
  const byRule = new Map<string, Array<(typeof found)[number][number]>>();
  for (const each of found)
    for (const [rule, first] of new Map(each.toReversed().map((one) => [one.rule, one])))
      byRule.set(rule, [...(byRule.get(rule) ?? []), first]);
  const rules = [...byRule].toSorted(([, one], [, other]) => other.length - one.length);
  printTable(
    ["rule", "skills", "share"],
    rules.map(([rule, all]) => [rule, String(all.length), share(all.length)]),
  );
  for (const [rule, all] of rules.filter(([, each]) => each.length < fewestUnread))
    for (const { skill, file, line, excerpt } of all) printLine(`${rule}: ${skill}/${file}:${line ?? ""} ${excerpt}`);
}

const Injections = z.array(
  z.object({
    id: z.int(),
    instructions: z.record(z.string(), z.string()),
    tasks: z.array(z.object({ skill: z.string(), line_num: z.int(), injection_prefix: z.string().default("") })),
  }),
);

/** Adds each injected instruction of Skill-Inject to the first skill it is for, and counts how often that is flagged; the rules were written with odd ids. */
export async function injected(folder: string): Promise<void> {
  const rows: string[][] = [];
  const skills = new Map((await skillsBelow(join(folder, "skills"))).map((skill) => [skill.name, skill]));
  for (const kind of ["obvious", "contextual"]) {
    const list = Injections.parse(JSON.parse(readFileSync(join(folder, `${kind}_injections.json`), "utf8")));
    const counts = { odd: [0, 0], even: [0, 0] } satisfies Record<string, [number, number]>;
    for (const { id, instructions, tasks } of list) {
      const [task] = tasks;
      const skill = skills.get(task?.skill ?? "");
      if (task === undefined || skill === undefined) continue;
      const lines = (textOf(skill) ?? "").split("\n");
      const text = instructions["line_injection"] ?? Object.values(instructions).at(-1) ?? "";
      const child = withText(skill, lines.toSpliced(task.line_num, 0, `${task.injection_prefix}${text}`));
      const half = counts[id % 2 === 1 ? "odd" : "even"];
      half[0] += newFindings([child], [skill], { only: "safety" }).length > 0 ? 1 : 0;
      half[1] += 1;
    }
    rows.push([kind, ...[counts.odd, counts.even].map(([hits, all]) => `${hits} of ${all}`)]);
  }
  printLine("Injected instructions that are flagged:");
  printTable(["kind", "seen (odd ids)", "unseen (even ids)"], rows);
}

function withText(skill: SkillFolder, lines: readonly string[]): SkillFolder {
  return createSkillFolder(skill.name, { ...skill.files, [SKILL_FILE]: new TextEncoder().encode(lines.join("\n")) });
}

async function skillsBelow(folder: string): Promise<SkillFolder[]> {
  const skills: SkillFolder[] = [];
  const open = [folder];
  for (let place = open.shift(); place !== undefined; place = open.shift()) {
    if (existsSync(join(place, SKILL_FILE))) skills.push(...(await readProgram(place)));
    else
      for (const entry of readdirSync(place, { withFileTypes: true }))
        if (entry.isDirectory()) open.push(join(place, entry.name));
  }
  return skills;
}
