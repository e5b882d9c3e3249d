import { SkillName } from "../state/program.ts";

/**
 * Whether the specification's checker takes a name: 1-64 small letters and digits of any script and single hyphens, after NFKC. With
 * `ascii` only those that every host takes: a-z, 0-9 and hyphens.
 */
export function isSpecifiedName(text: string, { ascii = false }: { ascii?: boolean } = {}): boolean {
  const name = text.normalize("NFKC");
  const form = ascii ? /^[a-z0-9]+(?:-[a-z0-9]+)*$/ : /^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u;
  return [...name].length <= 64 && name === name.toLowerCase() && form.test(name);
}

/** A valid skill name made from any text such as a file's stem: `My Prompt v2` becomes `my-prompt-v2`. */
export function nameFrom(text: string): SkillName {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase();
  const name = plain
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 65)
    .replaceAll(/^-|-$/g, "")
    .slice(0, 64);
  return SkillName.parse(name.replace(/-$/, "") || "skill");
}
