import { policyList } from "../../graphs/parts.ts";
import type { Recipe } from "../../graphs/recipe.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import { meansOf, openArchive } from "../../nodes/trial/columns.ts";
import { membersOf, openColumn } from "../../stores/payload/members.ts";
import { memoriesOf, recordOf } from "../../stores/payload/opened.ts";
import { affordable } from "../../policies/budget.ts";
import { nextEpisode } from "../../policies/episodes/episodes.ts";
import { nextEpoch } from "../../policies/epochs.ts";
import { recall } from "../../policies/policy.ts";
import { visibilityOf } from "../../policies/visibility.ts";
import { endingOf } from "../../policies/stopping.ts";
import { generationCost, leastRollouts } from "../../policies/trial.ts";
import { withSample } from "../../policies/validation-tasks.ts";
import { memberOf, newMember } from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import { isClosing, type GenerationRecord } from "../../state/evidence.ts";
import { SettingsError } from "../../state/errors.ts";
import { hashJson, type Json } from "../../state/json.ts";
import { parseSettings, settingsShape, type Settings } from "../../state/settings.ts";
import { checkpointAt } from "./fork.ts";
import { isUnder, lineage, stateOf } from "../result.ts";
import type { RunRecord } from "../run-record.ts";
import type { Session } from "../session.ts";

/** Settings that determine the draws, the meaning of the scores of a run, and whether it follows its source. */
const fixed: readonly string[] = ["seed", "validation", "asPublished"];

/**
 * The settings of a run with some changed. Throws a SettingsError for one that does not exist, or that cannot be
 * changed: the seed, the number of validation tasks, and those that choose the policies.
 */
export function changedSettings(record: RunRecord, changes: Record<string, unknown>, own?: Recipe): Settings {
  const { name, input } = record;
  const recipe = findRecipe(input.settings.recipe, own);
  const settings = parseSettings({ ...input.settings, ...changes }, recipe);
  const changed = Object.keys(changes).filter((key) => hashJson(settings[key]) !== hashJson(input.settings[key]));
  const isKept = (key: string) =>
    fixed.includes(key) ||
    versionsOf(recipe, { ...input.settings, [key]: settings[key] as Json }) !== versionsOf(recipe, input.settings);
  const kept = changes["recipe"] !== undefined && changes["recipe"] !== recipe.name ? "recipe" : changed.find(isKept);
  if (kept === undefined) return settings;
  throw new SettingsError(
    kept,
    `The setting "${kept}" of run "${name}" is ${JSON.stringify(input.settings[kept])} and cannot be changed. Branch the run instead: ` +
      `skillgraph branch ${name} --at N --set ${kept}=${JSON.stringify(changes[kept])}.`,
  );
}

/** The settings of a branch. With another recipe, only the run's settings that both recipes have are kept. */
export function branchSettings({ input }: RunRecord, changes: Record<string, unknown>, own?: Recipe): Settings {
  const before = input.settings;
  const recipe = findRecipe((changes["recipe"] as string | undefined) ?? before.recipe, own);
  const shape = settingsShape(recipe);
  const isKept = (key: string) =>
    Object.hasOwn(shape, key) && !(key === "asPublished" && recipe.published === undefined);
  const kept = recipe.name === before.recipe ? Object.keys(before) : Object.keys(before).filter(isKept);
  return parseSettings({ ...Object.fromEntries(kept.map((key) => [key, before[key]])), ...changes }, recipe);
}

/** The names and versions of the policies with these settings. */
function versionsOf(recipe: Recipe, settings: Settings): string {
  return policyList(recipe.policies(settings))
    .map(({ name, version }) => `${name}@${version}`)
    .join(" ");
}

/**
 * The state to go on from under the settings of the run's record; undefined where the run begins (again) from its input.
 * Changed settings take effect at the end of the last whole generation: one under way, or one that a budget may have cut
 * short, is begun again, and what it has asked is answered by the ledger. So where a run was paused does not matter, and one
 * that is continued with a larger budget ends as if it had been started with it.
 */
export async function stateUnder(session: Session, record: RunRecord): Promise<RunState | undefined> {
  const { runs, place, graph, config, payload, policies } = session;
  const { settings } = record.input;
  const state = await stateOf(runs, place.thread);
  if (state === undefined || isUnder(settings, state)) return state;
  const sampled = withSample(state.settings, policies.sample, await memoriesOf(state, payload));
  const { cut } = generationCost(policies, sampled, sizesOf(state));
  const whole = lastWhole(await lineage(runs, record), { settings: state.settings, cut });
  const generation = Math.max(whole, record.parent?.generation ?? 0);
  if (generation === 0) return undefined;
  const { checkpoint } = await checkpointAt(runs, record, generation);
  const at = { ...config.configurable, checkpoint_ns: "", checkpoint_id: checkpoint.id };
  const before = checkpoint.channel_values as RunState;
  const recipe = await underRecipe(session, before, settings);
  const ending = await endingUnder(settings, session, { ...before, ...recipe });
  await graph.updateState({ ...config, configurable: at }, { ...recipe, settings, ...ending }, "archivist");
  return stateOf(runs, place.thread);
}

/**
 * The last generation that no budget can have cut short, and that does not close the run: after it, the budget held at least `cut` rollouts. 0 for
 * none.
 */
export function lastWhole(
  entries: readonly GenerationRecord[],
  { settings, cut }: { settings: Settings; cut: number },
): number {
  const isWhole = (entry: GenerationRecord) => affordable(settings, entry.spent, cut) >= cut && !isClosing(entry);
  return entries.findLast(isWhole)?.generation ?? 0;
}

function sizesOf({ suites }: RunState): { train: number; validation: number } {
  return { train: suites.train.size, validation: suites.validation.size };
}

/**
 * The channels of a state under other settings. Under another recipe or visibility the archive starts again with the head alone, or, of the same recipe, with all heads since the checked one, and only memories
 * of policies that both have are kept. What was measured under another visibility is measured again. Members get the objectives that their programs have by themselves under these settings.
 */
async function underRecipe(
  { payload, policies }: Session,
  state: RunState,
  settings: Settings,
): Promise<Partial<RunState>> {
  const isSeenOtherwise = visibilityOf(state.settings)?.name !== policies.visibility?.name;
  const isOther = state.settings.recipe !== settings.recipe || isSeenOtherwise;
  const before = await membersOf(state, payload);
  const known = isSeenOtherwise ? [] : before;
  // Heads that were not checked stay behind the one that was.
  const isChecked = state.settings.recipe === settings.recipe && policies.archive.checked !== undefined;
  const programs = isChecked ? before.map(({ program }) => program) : [state.head];
  const alone = programs.map((program) => memberOf(known, program) ?? newMember(program));
  const kept = isOther ? alone.map((member) => ({ ...member, parents: [], extra: {} })) : before;
  const members = await Promise.all(
    kept.map(async (member) => {
      if (member.column === null) return member;
      const own = policies.objectives.of(await payload.program(member.program));
      return { ...member, means: { ...meansOf(await openColumn(member.column, payload)), ...own } };
    }),
  );
  const archive = await payload.putJson(members);
  if (!isOther) return archive === state.archive ? {} : { archive };
  const names = new Set(policyList(policies).map(({ name }) => name));
  const all = Object.entries(await memoriesOf(state, payload));
  // Another graph may not write what this one has left out.
  return {
    archive,
    ablations: null,
    memories: await payload.putJson(Object.fromEntries(all.filter(([name]) => names.has(name)))),
  };
}

/** Whether the settings leave anything to do: a bound may be reached already. */
async function endingUnder(settings: Settings, { policies, payload }: Session, state: RunState) {
  const { generation, suites, spent } = state;
  const memories = await memoriesOf(state, payload);
  const least = leastRollouts(policies, withSample(settings, policies.sample, memories), sizesOf(state));
  const epoch = nextEpoch(policies.epochs, suites, memories);
  const episodes = nextEpisode(policies.episodes, suites, memories);
  const entry = await recordOf(state, payload);
  const { headScore: score = null, headTasks: tasks = 0 } = entry ?? {};
  const measured = { score, tasks, all: suites.validation.size };
  const standing = { generation, measured, spent, settings, least, epoch, episodes };
  const why = policies.stopping.decide(standing, recall(policies.stopping, memories));
  const checked = policies.archive.checked?.(await openArchive(state, payload));
  const isProvisional = checked !== undefined && checked !== state.head;
  return endingOf(why, { closing: null, standing: isProvisional ? "provisional" : null });
}
