import { SkillName } from "../state/program.ts";

/** A valid skill name made from any text such as a file's stem: `My Prompt v2` becomes `my-prompt-v2`. */
export function nameFrom(text: string): SkillName {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase();
  const name = plain
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 65)
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 64);
  return SkillName.parse(name.replace(/-$/, "") || "skill");
}
