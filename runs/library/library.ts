import { basename, resolve } from "node:path";
import { findNeighbours } from "../../readers/near-duplicates.ts";
import { readEach } from "../../readers/skill.ts";
import { decodeText, mainFile, textOf, type SkillFolder } from "../../skills/folder.ts";
import { parseFrontmatter } from "../../skills/frontmatter.ts";
import { listingsOf, type Listing } from "../../skills/library/listing.ts";
import { nameClashes, type NameClash } from "../../skills/library/names.ts";
import { referencesIn, type References } from "../../skills/library/references.ts";
import { descriptionIn } from "../../skills/library/retrieval.ts";
import { collisionsIn, type Collision } from "../../skills/library/routing.ts";
import { countTokens } from "../../skills/tokens.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { defaultStore } from "../store.ts";
import { readSkillUses, type SkillUses } from "../reading/skill-use.ts";

/** A skill and its tokens: of name and description, which a model always sees; of the body; and of all other text files. */
interface LibrarySkill {
  readonly name: string;
  readonly files: number;
  readonly tokens: { readonly listing: number; readonly body: number; readonly others: number };
}

/** Two skills whose bodies are nearly the same, and the share of runs of five characters that both have. */
interface Overlap {
  readonly skills: readonly [string, string];
  readonly similarity: number;
}

/** What is in a folder of skills. */
export interface Library extends References {
  readonly path: string;
  readonly skills: readonly LibrarySkill[];
  /** What is a skill by its place and cannot be read, and why. */
  readonly unreadable: ReadonlyArray<{ readonly name: string; readonly message: string }>;
  readonly clashes: readonly NameClash[];
  readonly overlaps: readonly Overlap[];
  readonly collisions: readonly Collision[];
  readonly listings: readonly Listing[];
  /** What the rollouts of a run say of these skills; null if no run was given. */
  readonly use: SkillUses | null;
}

export interface LibraryOptions {
  /** A run whose rollouts say which skills are unused or harmful. */
  run?: string | undefined;
  store?: string | RecordStore;
}

/** More skills than a program can have files. */
const mostSkills = 2_000;

/**
 * Reads a skill or a folder of skills and reports what is in it, without running or changing anything. A skill that cannot be read is named; one
 * with more than 2,000 files is not read further. Throws a SkillError if there is no skill, or more than 2,000.
 */
export async function readLibrary(path: string, { run, store = defaultStore }: LibraryOptions = {}): Promise<Library> {
  const read = await readEach(path, { most: mostSkills });
  const skills = read.flatMap((each) => ("error" in each ? [] : each.skills));
  return {
    path: basename(resolve(path)),
    skills: await Promise.all(skills.map(describe)),
    unreadable: read.flatMap((each) => ("error" in each ? [{ name: each.name, message: each.error.message }] : [])),
    clashes: nameClashes(skills),
    overlaps: overlapsIn(skills),
    collisions: collisionsIn(skills),
    listings: listingsOf(skills),
    ...referencesIn(skills),
    use: run === undefined ? null : await useOf(skills, run, store),
  };
}

async function useOf(folders: readonly SkillFolder[], run: string, store: string | RecordStore): Promise<SkillUses> {
  const names = folders.map(({ name }) => name);
  const { skills, ...uses } = await readSkillUses(run, { store, others: names });
  return { ...uses, skills: skills.filter(({ skill }) => names.includes(skill)) };
}

async function describe(skill: SkillFolder): Promise<LibrarySkill> {
  const main = mainFile(skill);
  const { fields, body } = parseFrontmatter(textOf(skill, main) ?? "");
  const others = Object.entries(skill.files).flatMap(([file, bytes]) =>
    file === main ? [] : [decodeText(bytes) ?? ""],
  );
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    name: skill.name,
    files: Object.keys(skill.files).length,
    tokens: {
      listing: await countTokens(`${skill.name}: ${descriptionIn(fields)}`),
      body: await countTokens(body),
      others: sum(await Promise.all(others.map(countTokens))),
    },
  };
}

/** The pairs of skills with nearly the same body, the most similar first. */
function overlapsIn(skills: readonly SkillFolder[]): Overlap[] {
  const bodies = skills.map((skill) => parseFrontmatter(textOf(skill, mainFile(skill)) ?? "").body);
  const neighbours = findNeighbours(bodies.map((input, at) => ({ id: String(at), input })));
  const nameAt = (at: number) => (skills[at] as SkillFolder).name;
  return skills
    .flatMap((skill, at) =>
      neighbours(at)
        .filter(({ index }) => index > at && (bodies[index] as string).trim() !== "")
        .map(({ index, similarity }): Overlap => ({ skills: [skill.name, nameAt(index)], similarity })),
    )
    .toSorted((one, other) => other.similarity - one.similarity);
}
