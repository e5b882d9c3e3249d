import { cueOf, type Cue } from "./cue.ts";

/** A past request: what it called for, and the steps that were right. */
export interface Example {
  readonly skill: string;
  readonly line: string;
  readonly triggers: readonly string[];
  readonly steps: readonly string[];
}

/** A directive that examples show; fields as of a bullet. */
interface Shown {
  readonly id: string;
  readonly skill: string;
  readonly line: string;
  readonly cue: Cue;
  readonly step: string;
  readonly isImportant: boolean;
  readonly weight: number;
}

const sentence = /^- A request that called for (`[^`]+`(?:, `[^`]+`)*) was right with (`[^`]+`(?:, `[^`]+`)*)\.[ \t]*$/;

/** The bullet of an example. Both lists have at least one. */
export function exampleLine(triggers: readonly string[], steps: readonly string[]): string {
  const list = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(", ");
  return `- A request that called for ${list(triggers)} was right with ${list(steps)}.`;
}

/** The example that a line of a skill is; undefined for any other line. */
export function exampleIn(line: string, skill: string): Example | undefined {
  const match = sentence.exec(line);
  if (match === null) return undefined;
  const words = (list = "") => list.split(", ").map((word) => word.slice(1, -1));
  return { skill, line, triggers: words(match[1]), steps: words(match[2]) };
}

/** How sure a reader is of what is only shown, beside what is said. Invented, as the rest of the gym. */
const surety = 0.6;

/**
 * What a reader gathers from examples: a trigger asks for one of the steps that all examples with it have. Of n of them each has the weight .6/n. Where examples with the trigger have no
 * step in common, the last one counts.
 */
export function directivesShown(examples: readonly Example[]): Shown[] {
  const byTrigger = new Map<string, Example[]>();
  for (const example of examples)
    for (const trigger of example.triggers) byTrigger.set(trigger, [...(byTrigger.get(trigger) ?? []), example]);
  return [...byTrigger].flatMap(([trigger, own]) => {
    const last = own.at(-1) as Example;
    const common = last.steps.filter((step) => own.every(({ steps }) => steps.includes(step)));
    const steps = common.length === 0 ? last.steps : common;
    return steps.map((step) => ({
      id: `${trigger}-${step}-shown`,
      skill: last.skill,
      line: last.line,
      cue: cueOf("trigger", trigger),
      step,
      isImportant: false,
      weight: surety / steps.length,
    }));
  });
}
