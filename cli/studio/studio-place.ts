import { basename, extname, resolve } from "node:path";
import { z } from "zod";
import { findRecipe } from "../../graphs/recipes/all.ts";
import { readPairs } from "../../readers/pairs.ts";
import { readProgram } from "../../readers/skill.ts";
import { readTasks } from "../../readers/tasks.ts";
import { PartNames } from "../../runs/run-record.ts";
import { defaultConcurrency, defaultStore } from "../../runs/store.ts";
import type { StudioInput } from "../../runs/studio/input.ts";
import { nameFrom } from "../../skills/name.ts";
import { SettingsError } from "../../state/errors.ts";
import type { RecordStore } from "../../stores/record-store.ts";
import { freeName, newProgram } from "../cycle/optimize.ts";
import { creatorFor } from "../parts/material.ts";
import { ownRecipe, partsNamed, settingsIn, type OwnParts, type PartChoices } from "../parts/parts.ts";
import { tell } from "../terminal/door.ts";

const variable = "SKILLGRAPH_STUDIO";

const StudioPlace = z.strictObject({
  store: z.string().default(defaultStore),
  concurrency: z.int().positive().default(defaultConcurrency),
  /** What a new thread's run is made of; without tasks none can be started. */
  tasks: z.string().optional(),
  skill: z.string().optional(),
  /** The file of pairs. */
  pairs: z.string().optional(),
  /** What a first skill is drafted by and from, for runs without a skill. */
  material: z
    .strictObject({
      creator: z.string().optional(),
      cases: z.string().optional(),
      documents: z.string().optional(),
      tools: z.string().optional(),
    })
    .default({}),
  /** Null for a part of the config's own. */
  parts: PartNames.default({ agent: "procedure", analyst: "statistical", verifier: "exact" }),
  /** The file of the config. */
  config: z.string().optional(),
  settings: z.record(z.string(), z.unknown()).default({}),
  /** By which the server knows what `skillgraph studio` sends it, and answers nothing else. */
  key: z.string(),
});
export type StudioPlace = z.infer<typeof StudioPlace>;

/** What `skillgraph studio` passes to the server it starts. */
export function readStudioPlace(): StudioPlace {
  return StudioPlace.parse(JSON.parse(process.env[variable] ?? "null"));
}

export function studioEnvironment(place: StudioPlace): Record<string, string> {
  return { [variable]: JSON.stringify(place) };
}

/** Creates a new run from what the server was given, under the input's name and settings. */
export function beginWith(
  { tasks: path, skill, pairs: given, material, parts: partNames, settings }: StudioPlace,
  { store, own }: { store: RecordStore; own: OwnParts },
) {
  const choices = choicesIn(partNames, own);
  return async (input: StudioInput, thread: string) => {
    if (path === undefined) {
      const text = "This server was started without --tasks, so it can continue runs but not start new ones.";
      throw new SettingsError("tasks", `${text} Start it with skillgraph studio --tasks PATH.`);
    }
    const name = nameFrom(basename(resolve(path), extname(path)));
    const run = input.run ?? (await freeName(store, name));
    const tasks = await readTasks(path);
    const pairs = given === undefined ? undefined : await readPairs(given);
    const chosen = settingsIn({ ...settings, ...input.settings }, own);
    const { drafts } = findRecipe(chosen.recipe, ownRecipe(own).recipe);
    const creator = skill === undefined ? await creatorFor(material, { ...choices, drafts }) : undefined;
    const program =
      skill === undefined
        ? await newProgram(creator, { name, run, thread, store, tasks, note, material })
        : await readProgram(skill);
    const parts = { ...(await partsNamed(choices)), ...ownRecipe(own) };
    return { ...parts, partNames, program, tasks, pairs, settings: chosen, run };
  };
}

const note = (text: string) => void tell(`${text}\n`);

/** What has no name is an object of the config. */
function choicesIn({ agent, analyst, verifier, rubric }: PartNames, own: OwnParts): PartChoices {
  const [answers, studies, scores] = [agent ?? own.agent, analyst ?? own.analyst, verifier ?? own.verifier];
  if (answers === undefined || studies === undefined || scores === undefined)
    throw new SettingsError(
      "config",
      "The agent, analyst or verifier of the config has changed since the server was started.",
    );
  const parts = { agent: answers, analyst: studies, verifier: scores };
  return rubric === undefined ? parts : { ...parts, rubric };
}
