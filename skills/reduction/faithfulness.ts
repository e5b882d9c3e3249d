import { decodeText, mainFile, textOf, type SkillFolder } from "../folder.ts";
import { parseFrontmatter } from "../frontmatter.ts";
import { wordsOf } from "../leakage/words.ts";

/** What an agent has to know exactly: code, options, addresses, quoted words, numbers. */
const exact = /`[^`\n]+`|(?<![\w-])--?[a-z][\w-]+|https?:\/\/[^\s)>\]]+|"[^"\n]{1,80}"|(?<![\w.])\d[\d.,]*(?![\w])%?/g;
/** Sentences that instruct (ours [R]). */
const modal = /\b(?:must|should|shall|always|never|only|do not|don't|avoid|ensure|required?)\b/i;

/**
 * The operational concepts of a text: what has to be known exactly, lines of code, and sentences that say what must or must not be done, in lower case.
 * A stand-in for the model that lists them in SkillReducer's first gate (arXiv 2603.29919 [S]); ours [R].
 */
export function conceptsIn(text: string): string[] {
  const marked = text.match(exact) ?? [];
  const sentences = text.split(/(?<=[.!?])\s|\n/).filter((sentence) => modal.test(sentence));
  const plain = [...marked, ...sentences].map((each) => wordsOf(each).join(" "));
  return [...new Set(plain.filter((concept) => concept !== ""))];
}

/**
 * The operational concepts of a skill's body that another version of it has lost: they are neither in its main file nor in a file that the main file names,
 * with its path, so that an agent knows when to read it.
 */
export function lostConcepts(before: SkillFolder, after: SkillFolder): string[] {
  const body = bodyOf(after);
  const named = Object.keys(after.files).filter((file) => file !== mainFile(after) && body.includes(file));
  const texts = [body, ...named.map((file) => decodeText(after.files[file] as Uint8Array) ?? "")];
  const said = texts.map((text) => ` ${wordsOf(text).join(" ")} `);
  return conceptsIn(bodyOf(before)).filter((concept) => !said.some((text) => text.includes(` ${concept} `)));
}

function bodyOf(skill: SkillFolder): string {
  return parseFrontmatter(textOf(skill, mainFile(skill)) ?? "").body;
}
