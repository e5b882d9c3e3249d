import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { quote } from "../../skills/shorten.ts";
import { SettingsError } from "../../state/errors.ts";
import { sha256 } from "../../state/json.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { loadModule } from "./user-module.ts";

const form =
  "Export `verifier` (a Verifier) or `createVerifier` (a function that returns one); either can be the default export";

/**
 * A verifier of the user's own, from a module in TypeScript or JavaScript. The contents of the file are part of the fingerprint; what it
 * imports is not.
 */
export async function verifierFromModule(given: string): Promise<Verifier> {
  const path = resolve(given);
  const contents = contentsOf(path, given);
  let found: unknown;
  try {
    const module = await loadModule(path);
    found = module["createVerifier"] ?? module["verifier"] ?? module["default"];
    if (typeof found === "function") found = await (found as () => unknown)();
  } catch (cause) {
    throw new SettingsError(
      "verifier",
      `The verifier ${given} cannot be loaded: ${(cause as Error).message.split("\nRequire stack:")[0] ?? ""}`,
      {
        cause,
      },
    );
  }
  const own = checked(found, given);
  return {
    fingerprint: `module@1:${basename(path)}:${sha256(contents).slice(0, 16)}:${own.fingerprint}`,
    ...(own.expects === undefined ? {} : { expects: own.expects }),
    ...(own.check === undefined ? {} : { check: (task) => own.check?.(task) }),
    score: (answer, task) => own.score(answer, task),
  };
}

function contentsOf(path: string, given: string): Buffer {
  if (given === "")
    throw new SettingsError(
      "verifier",
      'The path after "module:" is missing. Give one, such as module:./my-verifier.ts.',
    );
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new SettingsError(
      "verifier",
      `The verifier ${given} cannot be read: ${(cause as Error).message.split("\nRequire stack:")[0] ?? ""}.`,
      {
        cause,
      },
    );
  }
}

/** Wrong types are reported here, before the first answer is paid for. */
function checked(found: unknown, given: string): Verifier {
  if (typeof found !== "object" || found === null)
    throw new SettingsError("verifier", `The module ${given} has no verifier. ${form}.`);
  const { fingerprint, score, check } = found as Partial<Record<keyof Verifier, unknown>>;
  const faults = [
    ...(typeof fingerprint === "string" && fingerprint !== "" ? [] : ["`fingerprint`, a string"]),
    ...(typeof score === "function" ? [] : ["`score(answer, task)`, a function"]),
    ...(check === undefined || typeof check === "function"
      ? []
      : [`\`check(task)\` as a function, not ${quote(String(check))}`]),
  ];
  if (faults.length === 0) return found as Verifier;
  throw new SettingsError("verifier", `The verifier of ${given} lacks ${faults.join(" and ")}.`);
}
