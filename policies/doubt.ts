import { bytesOf, textOf, type SkillFolder } from "../skills/folder.ts";
import { parseFrontmatter } from "../skills/frontmatter.ts";
import { SettingsError } from "../state/errors.ts";
import type { Spent } from "../state/evidence.ts";
import { sha256 } from "../state/json.ts";
import type { Finding } from "../state/program.ts";
import type { Settings } from "../state/settings.ts";
import { boundsOfDifference } from "./inference/difference.ts";
import type { Policy } from "./policy.ts";

/** What is known of a candidate that would be accepted. */
export interface Doubtful {
  /** What the guard found in it. */
  findings: readonly Finding[];
  before: readonly SkillFolder[];
  after: readonly SkillFolder[];
  /** Candidate minus other for each pair of its last comparison, in -1..1; none where it was compared with nothing. */
  differences: readonly number[];
  spent: Spent;
  settings: Pick<Settings, "budgetRollouts" | "budgetTokens">;
}

/** Why a person should see a candidate before it is accepted, one line each; none where there is no doubt. Under `approve: "in-doubt"` these are asked about. */
export interface Doubt extends Policy {
  decide(of: Doubtful): string[];
}

export interface DoubtOptions {
  /** Of the two-sided interval of the gain, in (0, 1). Default 0.95 [R]. */
  confidence?: number;
  /** The share of a budget from which on there is doubt, in 0..1. Default 0.8 [R]. */
  budget?: number;
}

/** Findings about what a candidate may do or hide; those about its form are no reason to ask. */
const unsafe: ReadonlySet<Finding["kind"]> = new Set(["security", "gaming", "leakage"]);

/**
 * The checkpoints of Mozi (arXiv 2603.03655; that people are asked where much is uncertain is the paper's [P], these four cases are a reconstruction [R]): a finding that did not keep the candidate out, an
 * interval of its gain that holds 0, a change of scripts or of `allowed-tools`, and a budget of rollouts or tokens of which this share is spent. A candidate that was taken without
 * a rollout has no interval: an audit checks it.
 */
export function whenInDoubt({ confidence = 0.95, budget = 0.8 }: DoubtOptions = {}): Doubt {
  if (!(confidence > 0 && confidence < 1))
    throw new SettingsError("confidence", `confidence is ${confidence}; it must be above 0 and below 1.`);
  if (!(budget >= 0 && budget <= 1)) throw new SettingsError("budget", `budget is ${budget}; it must be from 0 to 1.`);
  return {
    name: `doubt.checkpoints ${confidence} ${budget}`,
    version: 1,
    decide: ({ findings, before, after, differences, spent, settings }) => [
      ...findings
        .filter(({ kind, severity }) => unsafe.has(kind) && severity === "warn")
        .map(({ kind, rule, message }) => `${kind} finding ${rule}: ${message}`),
      ...intervalReasons(differences, confidence),
      ...scriptReasons(before, after),
      ...toolReasons(before, after),
      ...budgetReasons(spent, settings, budget),
    ],
  };
}

function intervalReasons(differences: readonly number[], confidence: number): string[] {
  const [low, high] = boundsOfDifference(differences, (1 + confidence) / 2);
  if (differences.length === 0 || low > 0 || high < 0) return [];
  const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
  return [`the ${Math.round(100 * confidence)} % interval of its gain is ${signed(low)} to ${signed(high)}`];
}

/** Files of `scripts/` that were added, changed or removed. */
function scriptReasons(before: readonly SkillFolder[], after: readonly SkillFolder[]): string[] {
  const old = scriptsOf(before);
  const young = scriptsOf(after);
  const changed = [...new Set([...old.keys(), ...young.keys()])].filter((path) => old.get(path) !== young.get(path));
  return changed.length === 0 ? [] : [`it changes scripts: ${changed.toSorted().join(", ")}`];
}

function scriptsOf(skills: readonly SkillFolder[]): Map<string, string> {
  return new Map(
    skills.flatMap((skill) =>
      Object.keys(skill.files)
        .filter((file) => file.startsWith("scripts/"))
        .map((file): [string, string] => [`${skill.name}/${file}`, sha256(bytesOf(skill, file) as Uint8Array)]),
    ),
  );
}

/** Skills that may use other tools than before. One that is gone may use none. */
function toolReasons(before: readonly SkillFolder[], after: readonly SkillFolder[]): string[] {
  const old = new Map(before.map((skill) => [skill.name, toolsOf(skill)]));
  const changed = after.filter((skill) => (old.get(skill.name) ?? "null") !== toolsOf(skill));
  return changed.length === 0 ? [] : [`it changes allowed-tools: ${changed.map(({ name }) => name).join(", ")}`];
}

function toolsOf(skill: SkillFolder): string {
  const { fields } = parseFrontmatter(textOf(skill) ?? "");
  return JSON.stringify(fields?.["allowed-tools"] ?? null);
}

function budgetReasons({ rollouts, tokens }: Spent, settings: Doubtful["settings"], share: number): string[] {
  const { budgetRollouts, budgetTokens } = settings;
  const parts: Array<[string, number, number | null]> = [
    ["budgetRollouts", rollouts, budgetRollouts],
    ["budgetTokens", tokens, budgetTokens],
  ];
  return parts.flatMap(([name, used, most]) =>
    most === null || used < share * most ? [] : [`${Math.floor((100 * used) / most)} % of ${name} is spent`],
  );
}
