import { z } from "zod";
import type { SkillFolder } from "../../skills/folder.ts";
import { lessonsOf } from "../../skills/lessons.ts";
import { shorten } from "../../skills/shorten.ts";
import { SettingsError } from "../../state/errors.ts";
import { hashJson } from "../../state/json.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { tell } from "../../models/calls.ts";
import { changesOf, type Epoch, type Lessons, type Reflector } from "../reflector.ts";
import { allOf, createAsker, type Asker, type ModelNeeds } from "./ask.ts";
import { caseText, skillsText, type Reach } from "./case-text.ts";
import { chooseDiverse } from "./choice.ts";
import { editsText, listText, none } from "./draft-text.ts";
import { clip } from "./ladder.ts";
import { plainConventions } from "./proposer.ts";

export interface ReflectorOptions extends ModelNeeds {
  /** Most tasks shown of each kind: got worse, stayed wrong, became right, stayed right. Default 6. */
  cases?: number | undefined;
  /** Most characters of the lessons in the skill. Default 2,000; the source has no limit [R]. */
  lessonsCharacters?: number | undefined;
  /** Most characters of the guidance. Default 2,000. */
  guidanceCharacters?: number | undefined;
  /** How the skill must be written for the agent to follow it. */
  conventions?: string | undefined;
}

/** Two calls in parallel: lessons of the whole epoch, and notes for proposers (slow and meta update of SkillOpt, arXiv 2605.23904). */
export function createModelReflector(options: ReflectorOptions): Reflector {
  const { cases = 6, lessonsCharacters = 2_000, guidanceCharacters = 2_000, conventions = plainConventions } = options;
  for (const [name, value] of Object.entries({ cases, lessonsCharacters, guidanceCharacters })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new SettingsError(name, `${name} is ${value}; it must be a whole number from 1.`);
  }
  const asker = createAsker(options);
  return {
    fingerprint: `${asker.fingerprint}/${cases}+${lessonsCharacters}+${guidanceCharacters}/${hashJson(conventions).slice(0, 8)}`,
    async reflect(epoch, skills) {
      const lessons = slowUpdate({ epoch, skills }, { asker, cases, conventions, limit: lessonsCharacters });
      const guidance = metaUpdate(epoch, skills, { asker, limit: guidanceCharacters });
      await allOf<unknown>([lessons, guidance]);
      return { lessons: await lessons, guidance: await guidance };
    },
  };
}

interface Request {
  epoch: Epoch;
  skills: readonly SkillFolder[];
}

interface Tools {
  asker: Asker;
  cases: number;
  conventions: string;
  limit: number;
}

async function slowUpdate(
  { epoch, skills }: Request,
  { asker, cases, conventions, limit }: Tools,
): Promise<Lessons | null> {
  const changes = changesOf(epoch);
  const skill = z.enum(skills.map(({ name }) => name) as [string, ...string[]]);
  const reply = await asker.ask({
    prompt: "reflect-slow",
    name: "lessons",
    schema: z.strictObject({ skill, text: z.string() }),
    fill: (limits, quote) => {
      const reach = { limits, quote };
      const shown = (kind: string, of: readonly ScoredRollout[]) =>
        listText(
          chooseDiverse(of, Math.min(cases, limits.cases)).map((each, index) =>
            caseText(`${kind} ${index + 1}`, each, reach),
          ),
        );
      const lessons = skills.flatMap((each) => {
        const text = lessonsOf(each);
        return text === null ? [] : [quote(`lessons of skill ${each.name}`, clip(text, limits))];
      });
      return {
        skills: skillsText(skills, reach),
        lessons: listText(lessons),
        attempts: attemptsText(epoch, reach),
        regressed: shown("got worse", changes.regressed),
        persistent: shown("still wrong", changes.persistent),
        improved: shown("improved", changes.improved),
        stable: shown("still right", changes.stable),
        conventions,
        limit: String(limit),
      };
    },
  });
  if ("value" in reply) return { skill: reply.value.skill, text: shorten(reply.value.text, limit) };
  tell(`the slow update is missing, the lessons stay as they were: ${reply.missing}`);
  return null;
}

async function metaUpdate(
  epoch: Epoch,
  skills: readonly SkillFolder[],
  { asker, limit }: { asker: Asker; limit: number },
): Promise<string | null> {
  const reply = await asker.ask({
    prompt: "reflect-meta",
    name: "notes",
    schema: z.strictObject({ notes: z.string() }),
    fill: (limits, quote) => ({
      skills: skillsText(skills, { limits, quote }),
      attempts: attemptsText(epoch, { limits, quote }),
      guidance: epoch.guidance === null ? none : quote("notes", clip(epoch.guidance, limits)),
      limit: String(limit),
    }),
  });
  if ("value" in reply) return shorten(reply.value.notes, limit);
  tell(`the meta update is missing, the notes stay as they were: ${reply.missing}`);
  return epoch.guidance;
}

/** Newest first, as many as the limits allow. */
function attemptsText({ attempts }: Epoch, { limits, quote }: Reach): string {
  const shown = attempts.toReversed().slice(0, limits.entries);
  return listText(
    shown.map(({ generation, edits, accepted, reason, delta }) =>
      quote(
        `generation ${generation}, ${accepted ? "accepted" : "turned down"}`,
        clip(`${reason}; validation score ${delta >= 0 ? "+" : ""}${delta.toFixed(3)}\n${editsText(edits)}`, limits),
      ),
    ),
  );
}
