import { counted, grouped, scoreText } from "../words.ts";
import type { Library } from "./library.ts";

/** A kind of finding of a library: its title, what it means, and one line for each. */
export interface LibraryTopic {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly lines: readonly string[];
}

/** In the order of a page. */
const topics: ReadonlyArray<Omit<LibraryTopic, "lines"> & { linesOf(library: Library): string[] }> = [
  {
    id: "unreadable",
    title: "Not readable",
    note: "Agents cannot load them.",
    linesOf: ({ unreadable }) => unreadable.map(({ name, message }) => `${name}: ${message}`),
  },
  {
    id: "names",
    title: "The same name",
    note: "The specification, a host or a file system takes them for one. Rename one.",
    linesOf: ({ clashes }) =>
      clashes.map(({ skills, names }) =>
        skills.map((skill, at) => (names[at] === skill ? skill : `${skill} (name: ${names[at]})`)).join(" and "),
      ),
  },
  {
    id: "routing",
    title: "Mistaken for one another",
    note: "The name and description of the first fit the second nearly as well, or better (BM25 over name, description and body). Say in the descriptions what is different.",
    linesOf: ({ collisions }) =>
      collisions.map(({ skill, other, share }) =>
        share > 1 ? `${skill}: ${other} is found first` : `${skill}: ${other} fits ${scoreText(share)} as well`,
      ),
  },
  {
    id: "overlap",
    title: "Nearly the same text",
    note: "Merge them, or leave one out.",
    linesOf: ({ overlaps }) =>
      overlaps.map(({ skills, similarity }) => `${skills.join(" and ")}: ${scoreText(similarity)} in common`),
  },
  {
    id: "links",
    title: "Dead links",
    note: "A skill is installed by itself, so its links must stay inside of its folder.",
    linesOf: ({ dead }) =>
      dead.map(({ skill, file, line, target, problem }) => {
        const what = problem === "missing" ? "does not exist" : "is outside of the skill";
        return `${skill}/${file}:${line}: ${target} ${what}`;
      }),
  },
  {
    id: "circles",
    title: "References in a circle",
    note: "An agent that follows them comes back to where it was.",
    linesOf: ({ circles }) => circles.map((circle) => circle.join(", ")),
  },
  {
    id: "listing",
    title: "Cut by hosts",
    note: "A model chooses a skill by its description. Shorten the descriptions, or keep fewer skills.",
    linesOf: ({ listings }) => listings.flatMap(listingText),
  },
  {
    id: "use",
    title: "Unused or harmful",
    note: "As the agent says in the train and validation rollouts of the run. Harmful: used at least three times, and 70 % of these failed. A skill that is rarely needed may still be decisive.",
    linesOf: ({ use }) => (use === null ? [] : useTexts(use)),
  },
];

/** What is to be looked at in a library, by topic; topics without a finding are left out. */
export function topicsOf(library: Library): LibraryTopic[] {
  return topics
    .map(({ linesOf, ...topic }) => ({ ...topic, lines: linesOf(library) }))
    .filter(({ lines }) => lines.length > 0);
}

function listingText({ host, budget, characters, shortened }: Library["listings"][number]): string[] {
  const [first] = shortened.toSorted((one, other) => one.listed - other.listed);
  if (first === undefined) return [];
  const all = `${host} lists ${counted(shortened.length, "description")} in part: ${grouped(characters)} characters for a list of ${grouped(budget)}`;
  return [`${all}, for example ${first.listed} of the ${grouped(first.characters)} characters of ${first.skill}`];
}

function useTexts({ run, rollouts, skills }: NonNullable<Library["use"]>): string[] {
  const all = `${counted(rollouts, "rollout")} of ${run}`;
  return skills.flatMap(({ skill, used, failed, standing }) => {
    if (standing === "used") return [];
    if (standing !== "harmful") return [`${skill}: ${standing} in ${all}`];
    return [`${skill}: harmful, used in ${grouped(used)} of ${all}, of which ${scoreText(failed)} failed`];
  });
}

/** The number of skills and their tokens. */
export function sizeOf({ skills }: Library): string {
  const sum = (part: "listing" | "body" | "others") =>
    grouped(skills.reduce((all, { tokens }) => all + tokens[part], 0));
  return `${counted(skills.length, "skill")}: ${sum("listing")} tokens of names and descriptions, ${sum("body")} of bodies, ${sum("others")} of other files`;
}
