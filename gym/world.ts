import { draw } from "../state/draw.ts";
import { drawWords } from "./words.ts";

/** What a world is made of. The defaults are those of design note 06, section 4: invented, not fitted to any model. */
export interface WorldOptions {
  families: number;
  /** Rules every family has, and rules each has of its own. */
  core: number;
  specific: number;
  /** How fast compliance falls with the words of the skill: the `g` of the formula in `compliance.ts`. */
  dilution: number;
  /** Chance in context A that the mark of a rule is there where the rule is needed. */
  correlation: number;
  /** Nuisance: how many case numbers there are. */
  cases: number;
  /** Share of the requests that come from one more family, which has rules of its own too; 0 for no such family. */
  rare: number;
  /** So many of the core rules, and of the own ones of each family, have other steps by now: the most frequent ones. */
  drift: number;
}

const defaults: WorldOptions = {
  families: 3,
  core: 6,
  specific: 6,
  dilution: 1.4,
  correlation: 0.85,
  cases: 60,
  rare: 0,
  drift: 0,
};

/**
 * `step` is to be done for requests that call for `trigger`, and only for those. `mark` is a shortcut: it often comes with
 * the trigger in context A, and rather not in context B. `innate` is the chance that the agent does the step unprompted.
 */
export interface Rule {
  readonly step: string;
  readonly trigger: string;
  readonly mark: string;
  readonly innate: number;
}

/** Who sends requests: the rules they may need, most frequent first (Zipf with exponent 0.7). */
export interface Family {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** A synthetic world: plain data, a pure function of its seed and options. Nature and optimum are known, see `optimum.ts`. */
export interface World {
  readonly seed: number;
  readonly options: WorldOptions;
  readonly rules: readonly Rule[];
  readonly families: readonly Family[];
}

export function createWorld(seed: number, changes: Partial<WorldOptions> = {}): World {
  const options = { ...defaults, ...changes };
  const { core, specific, drift } = options;
  const families = options.families + (options.rare > 0 ? 1 : 0);
  const size = core + families * specific;
  const [triggers, marks] = (["trigger", "mark"] as const).map((kind) => drawWords(seed, kind, size));
  const isDrifted = (index: number) => (index < core ? index : (index - core) % specific) < drift;
  const steps = drawWords(seed, "step", 2 * size);
  const rules = Array.from({ length: size }, (_, index) => ({
    step: steps[isDrifted(index) ? size + index : index] ?? "",
    trigger: triggers?.[index] ?? "",
    mark: marks?.[index] ?? "",
    innate: 0.05 + 0.3 * draw(seed, 0, "innate", index),
  }));
  const own = (family: number) => rules.slice(core + family * specific, core + (family + 1) * specific);
  return {
    seed,
    options,
    rules,
    families: drawWords(seed, "family", families).map((name, index) => ({
      name,
      rules: [...rules.slice(0, core), ...own(index)],
    })),
  };
}
