import type { Creator } from "../../analysts/creator.ts";
import { readDocuments } from "../../readers/documents.ts";
import { readPastCases } from "../../readers/past-cases.ts";
import { readToolList } from "../../readers/tool-list.ts";
import type { DraftOptions } from "../../runs/cycle/draft-skill.ts";
import { SettingsError } from "../../state/errors.ts";
import { isModelAnalyst, modelCreator, type PartChoices } from "./parts.ts";

/** What a first skill is drafted by, and from beside the train tasks: paths. */
export interface MaterialFlags {
  creator?: string | undefined;
  cases?: string | undefined;
  documents?: string | undefined;
  tools?: string | undefined;
}

const materials = ["cases", "documents", "tools"] as const;

/** Reads what is given to draft a first skill from. */
export async function readMaterial(flags: MaterialFlags): Promise<Pick<DraftOptions, (typeof materials)[number]>> {
  const { cases, documents, tools } = flags;
  return {
    ...(cases === undefined ? {} : { cases: await readPastCases(cases) }),
    ...(documents === undefined ? {} : { documents: await readDocuments(documents) }),
    ...(tools === undefined ? {} : { tools: await readToolList(tools) }),
  };
}

/** Refuses what has no effect where the run starts from a given skill. */
export function refuseMaterial(flags: MaterialFlags): void {
  const given = (["creator", ...materials] as const).find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  throw new SettingsError(
    given,
    `--${given} is for drafting a first skill, but a skill is given. Leave out --${given} or the skill.`,
  );
}

/**
 * What drafts the first skill of a run: the one that is named, else the model that is the analyst, else counting where the recipe drafts its first skill
 * or there is something to draft from; undefined where nothing does.
 */
export async function creatorFor(
  flags: MaterialFlags,
  { analyst, agent, drafts }: Pick<PartChoices, "analyst" | "agent"> & { drafts: boolean },
): Promise<Creator | undefined> {
  const { creator } = flags;
  const material = materials.find((name) => flags[name] !== undefined);
  if (creator === "none") {
    if (material === undefined) return undefined;
    throw new SettingsError(material, `--${material} is for drafting a first skill, which --creator none does not do.`);
  }
  if (creator === "counting") return counting();
  if (creator !== undefined) return modelCreator(creator, agent);
  if (typeof analyst === "string" && isModelAnalyst(analyst)) return modelCreator(analyst, agent);
  return drafts || material !== undefined ? counting() : undefined;
}

async function counting(): Promise<Creator> {
  return (await import("../../analysts/creation/counting-creator.ts")).createCountingCreator();
}
