import { SkillgraphError } from "../../state/errors.ts";
import { withoutSecrets } from "../../stores/secrets.ts";

/**
 * What one look came to. `problem`: what was asked for cannot work. `warning`: it works, but its user should know. `advice` is
 * what to do, where `text` does not say so.
 */
export interface Check {
  name: string;
  status: "ok" | "warning" | "problem";
  text: string;
  advice: string | null;
}

/** Servers and programs may quote a key in what they say. */
function check(name: string, status: Check["status"], [text, advice]: [string, string | null]): Check {
  return { name, status, text: withoutSecrets(text), advice };
}

export const ok = (name: string, text: string): Check => check(name, "ok", [text, null]);

export const warning = (name: string, text: string, advice: string | null = null): Check =>
  check(name, "warning", [text, advice]);

export const problem = (name: string, text: string, advice: string | null = null): Check =>
  check(name, "problem", [text, advice]);

/** A look that throws an error of ours is a problem it found; any other error is reported as a bug. */
export async function look(name: string, work: () => Promise<Check[]> | Check[]): Promise<Check[]> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof SkillgraphError) return [problem(name, message)];
    return [
      problem(name, `This check failed unexpectedly: ${message}`, "This is a bug in skillgraph or in a part of yours."),
    ];
  }
}
