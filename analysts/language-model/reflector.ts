import { z } from "zod";
import type { SkillFolder } from "../../skills/folder.ts";
import { shorten } from "../../skills/shorten.ts";
import { SettingsError } from "../../state/errors.ts";
import { hashJson } from "../../state/json.ts";
import type { Draft } from "../../state/program.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { tell } from "../../models/calls.ts";
import type { EditBudget } from "../analyst.ts";
import type { Epoch, Reflector } from "../reflector.ts";
import { allOf, createAsker, type Asker, type ModelNeeds } from "./ask.ts";
import { caseText, skillsText, type Reach } from "./case-text.ts";
import { chooseDiverse } from "./choice.ts";
import { editsText, listText, none } from "./draft-text.ts";
import { editsSchema, usableEdits } from "./edit-check.ts";
import { clip } from "./ladder.ts";
import { plainConventions } from "./proposer.ts";

export interface ReflectorOptions extends ModelNeeds {
  /** Most tasks shown of each kind: got worse, stayed wrong, became right. Default 6. */
  cases?: number | undefined;
  /** Most characters of the guidance. Default 2,000. */
  guidanceCharacters?: number | undefined;
  /** How the skill must be written for the agent to follow it. */
  conventions?: string | undefined;
}

const reasonCharacters = 300;

/** Two calls in parallel: edits from the whole epoch, and notes for proposers (slow and meta update of SkillOpt, arXiv 2605.23904). */
export function createModelReflector(options: ReflectorOptions): Reflector {
  const { cases = 6, guidanceCharacters = 2_000, conventions = plainConventions } = options;
  for (const [name, value] of Object.entries({ cases, guidanceCharacters })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new SettingsError(name, `${name} is ${value}; it must be a whole number from 1.`);
  }
  const asker = createAsker(options);
  return {
    fingerprint: `${asker.fingerprint}/${cases}+${guidanceCharacters}/${hashJson(conventions).slice(0, 8)}`,
    async reflect(epoch, skills, budget) {
      const drafts = slowUpdate({ epoch, skills, budget }, { asker, cases, conventions });
      const guidance = metaUpdate(epoch, skills, { asker, limit: guidanceCharacters });
      await allOf<unknown>([drafts, guidance]);
      return { drafts: await drafts, guidance: await guidance };
    },
  };
}

interface Request {
  epoch: Epoch;
  skills: readonly SkillFolder[];
  budget: EditBudget;
}

interface Tools {
  asker: Asker;
  cases: number;
  conventions: string;
}

async function slowUpdate({ epoch, skills, budget }: Request, { asker, cases, conventions }: Tools): Promise<Draft[]> {
  const { edits: limit, rejected } = budget;
  const changes = changesOf(epoch);
  const reply = await asker.ask({
    prompt: "reflect-slow",
    name: "edits",
    schema: editsSchema(skills, limit),
    fill: (limits, quote) => {
      const reach = { limits, quote };
      const shown = (kind: string, of: readonly ScoredRollout[]) =>
        listText(
          chooseDiverse(of, Math.min(cases, limits.cases)).map((each, index) =>
            caseText(`${kind} ${index + 1}`, each, reach),
          ),
        );
      return {
        skills: skillsText(skills, reach),
        attempts: attemptsText(epoch, reach),
        regressed: shown("got worse", changes.regressed),
        persistent: shown("still wrong", changes.persistent),
        improved: shown("improved", changes.improved),
        conventions,
        limit: String(limit),
      };
    },
  });
  if ("missing" in reply) {
    tell(`the slow update is missing: ${reply.missing}`);
    return [];
  }
  const { edits } = await usableEdits(reply.value.edits, { asker, skills, limit, rejected });
  if (edits.length === 0) return [];
  const { regressed, persistent, improved } = changes;
  const features = {
    reason: shorten(reply.value.reason, reasonCharacters),
    regressed: regressed.length,
    persistent: persistent.length,
    improved: improved.length,
  };
  return [{ edits, origin: { operator: "slow-update", target: "epoch", features } }];
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

/** Tasks with a score before and after, by what became of them. A task that stayed right is of no kind. */
export function changesOf({ before, after }: Pick<Epoch, "before" | "after">) {
  const old = new Map(before.map(({ rollout, score }) => [rollout.task, score?.value]));
  const changes = {
    improved: [] as ScoredRollout[],
    regressed: [] as ScoredRollout[],
    persistent: [] as ScoredRollout[],
  };
  for (const each of after) {
    const [was, is] = [old.get(each.rollout.task), each.score?.value];
    if (was === undefined || is === undefined) continue;
    if (is > was) changes.improved.push(each);
    else if (is < was) changes.regressed.push(each);
    else if (is < 1) changes.persistent.push(each);
  }
  return changes;
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
