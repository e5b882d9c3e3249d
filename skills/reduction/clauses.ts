/**
 * The clauses of a description: sentences, and what a semicolon or a spaced dash divides, each with what follows it up to the next one. Together they are
 * the description. How SkillReducer divides is not published; this is ours [R].
 */
export function clausesOf(description: string): string[] {
  return description
    .split(/(?<=[.!?;]["')\]]?\s)(?<!\b(?:e\.g|i\.e|etc|vs|cf)\.\s)(?=\S)|(?<=\s[-–—]\s)(?=\S)/u)
    .filter((clause) => clause !== "");
}

/** A description of some clauses: begins with a capital, and ends as a sentence. */
export function joinedClauses(clauses: readonly string[]): string {
  const text = clauses
    .join("")
    .trim()
    .replace(/(?<![\s;,–—-])[\s;,–—-]+$/u, "");
  const whole = /[.!?]["')\]]?$/u.test(text) || text === "" ? text : `${text}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}
