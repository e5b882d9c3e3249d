import { affordable } from "../../policies/budget.ts";
import { recall } from "../../policies/policy.ts";
import type { RunState } from "../../state/channels.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings, Settings } from "../../state/settings.ts";
import { checkpointAt } from "./fork.ts";
import { isUnder, stateOf } from "../result.ts";
import type { RunRecord } from "../run-record.ts";
import type { Session } from "../session.ts";

/** What makes a run another one: which policies decide, what is drawn, and what its scores mean. */
const fixed = ["seed", "sampling", "acceptance", "validation"] as const;

/** The settings of a run with some changed. Throws a SettingsError for one that does not exist or that a run keeps. */
export function changedSettings({ name, input }: RunRecord, changes: Record<string, unknown>): Settings {
  const settings = parseSettings({ ...input.settings, ...changes });
  const kept = fixed.find((key) => settings[key] !== input.settings[key]);
  if (kept === undefined) return settings;
  const free = Object.keys(Settings.shape).filter((key) => !(fixed as readonly string[]).includes(key));
  throw new SettingsError(
    kept,
    `The setting "${kept}" of run "${name}" is ${JSON.stringify(input.settings[kept])} and cannot be changed. Branch the run instead: ` +
      `skillgraph branch ${name} --at N --set ${kept}=${JSON.stringify(settings[kept])}. Settings that can be changed: ${free.join(", ")}.`,
  );
}

/**
 * The state to go on from under the settings of the run's record; undefined where the run begins (again) from its input.
 * Changed settings take effect at the end of the last whole generation: one under way, or one that a budget may have cut
 * short, is begun again, and what it has asked is answered by the ledger. So where a run was paused does not matter, and one
 * that is continued with a larger budget ends as if it had been started with it.
 */
export async function stateUnder(session: Session, record: RunRecord): Promise<RunState | undefined> {
  const { runs, place, graph, config } = session;
  const { settings } = record.input;
  const state = await stateOf(runs, place.thread);
  if (state === undefined || isUnder(settings, state)) return state;
  const generation = Math.max(lastWhole(state), record.parent?.generation ?? 0);
  if (generation === 0) return undefined;
  const { checkpoint } = await checkpointAt(runs, record, generation);
  const at = { ...config.configurable, checkpoint_ns: "", checkpoint_id: checkpoint.id };
  const stop = stopUnder(settings, session, checkpoint.channel_values as RunState);
  await graph.updateState({ ...config, configurable: at }, { settings, stop }, "archivist");
  return stateOf(runs, place.thread);
}

/** The last generation that was done under the settings of the state and that no budget can have cut short. */
export function lastWhole({ generation, record, settings, spent }: RunState): number {
  const done = record?.generation ?? 0;
  const isUnderWay = generation > done;
  return isUnderWay || affordable(settings, spent, 1) > 0 ? done : done - 1;
}

/** Whether the settings leave anything to do: a bound may be reached already. */
function stopUnder(settings: Settings, { policies }: Session, state: RunState): string | null {
  const { generation, suites, record, spent, memories } = state;
  const sizes = { train: suites.train.size, validation: suites.validation.size };
  const standing = { generation, score: record?.headScore ?? null, spent, settings, sizes };
  return policies.stopping.decide(standing, recall(policies.stopping, memories));
}
