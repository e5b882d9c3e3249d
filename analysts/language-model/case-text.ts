import { mainFile, decodeText, type SkillFolder } from "../../skills/folder.ts";
import { quote as shown } from "../../skills/shorten.ts";
import type { Json } from "../../state/json.ts";
import type { ScoredRollout } from "../../state/task.ts";
import { labelOf } from "../label.ts";
import type { Quote } from "../../models/replies/fence.ts";
import { clip, type Limits } from "./ladder.ts";

/** The expected answer as text; null where the task has none. */
export function expectedText(expected: Json | null): string | null {
  return expected === null ? null : (labelOf(expected) ?? JSON.stringify(expected));
}

/** One rollout for a prompt: each text of it quoted by itself, so that none can pass for another. */
export function caseText(name: string, { rollout, question, expected, score }: ScoredRollout, reach: Reach): string {
  const { limits, quote } = reach;
  const part = (label: string, text: string) => quote(`${name}, ${label}`, clip(text, limits));
  const wanted = expectedText(expected);
  const files = Object.entries(question.files ?? {}).map(([path, text]) => `${path}\n${text}`);
  const trace = rollout.answer?.trace ?? [];
  return [
    part("message", question.input),
    ...(files.length === 0 ? [] : [part("files", files.join("\n\n"))]),
    ...(wanted === null ? [] : [part("expected answer", wanted)]),
    part("agent's answer", rollout.answer?.text ?? ""),
    ...(trace.length === 0 ? [] : [part("what the agent did", trace.map((step) => JSON.stringify(step)).join("\n"))]),
    ...(score === null || score.feedback === "" ? [] : [part("feedback of the verifier", score.feedback)]),
    `${name}, score: ${score === null ? "none" : Number(score.value.toFixed(3))} of 1`,
  ].join("\n");
}

/** How long a rollout is, in characters: what decides which one is the shortest. */
export function sizeOfCase({ rollout, question }: ScoredRollout): number {
  return (
    question.input.length + (rollout.answer?.text.length ?? 0) + JSON.stringify(rollout.answer?.trace ?? []).length
  );
}

export interface Reach {
  limits: Limits;
  quote: Quote;
}

/** The texts of all skills, file by file, each with the same share of the limit; files that are not text are named only. */
export function skillsText(skills: readonly SkillFolder[], { limits, quote }: Reach): string {
  const count = skills.reduce((sum, { files }) => sum + Object.keys(files).length, 0);
  const half = Math.floor(limits.skill / Math.max(1, count) / 2);
  return skills
    .flatMap((skill) => {
      const main = mainFile(skill);
      const paths = Object.keys(skill.files).toSorted((a, b) => Number(b === main) - Number(a === main));
      return paths.map((path) => {
        const text = decodeText(skill.files[path] as Uint8Array);
        const label = `skill ${skill.name}, file ${shown(path)}`;
        return text === undefined ? `${label}: not text` : quote(label, clip(text, { head: half, tail: half }));
      });
    })
    .join("\n");
}
