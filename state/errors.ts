import type { Edit } from "./program.ts";

/** Every error skillgraph raises on purpose. The message says what happened, what was expected, and what to do. */
export class SkillgraphError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A setting, flag or part name that does not exist or has a value outside its range. `path` names the setting. */
export class SettingsError extends SkillgraphError {
  readonly path: string;

  constructor(path: string, message: string, options?: { cause?: unknown }) {
    super("settings", message, options);
    this.path = path;
  }
}

/** A task file, or a task in it, that cannot be used. `line` counts from 1; absent when the error concerns the whole file. */
export class TaskError extends SkillgraphError {
  readonly file: string;
  readonly line: number | undefined;

  constructor(file: string, line: number | undefined, message: string, options?: { cause?: unknown }) {
    super("tasks", message, options);
    this.file = file;
    this.line = line;
  }
}

/** A skill that cannot be read or breaks the Agent Skills specification. `file` is relative to the skill's folder. */
export class SkillError extends SkillgraphError {
  readonly skill: string;
  readonly file: string;

  constructor(skill: string, file: string, message: string, options?: { cause?: unknown }) {
    super("skill", message, options);
    this.skill = skill;
    this.file = file;
  }
}

export type EditProblem =
  | "missing-file"
  | "missing-anchor"
  | "ambiguous-anchor"
  | "overlap"
  | "no-change"
  | "too-long"
  | "exists"
  | "name"
  | "no-skill";

/** An edit that cannot be applied. Edits of one draft are applied together or not at all. */
export class EditError extends SkillgraphError {
  readonly problem: EditProblem;
  readonly edit: Edit;

  constructor(problem: EditProblem, edit: Edit, message: string) {
    super("edit", message);
    this.problem = problem;
    this.edit = edit;
  }
}

/** A part (agent, analyst, verifier) that violates its contract. */
export class PartError extends SkillgraphError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("part", message, options);
  }
}

/**
 * A paid call that failed after all its attempts: the work around it is missing, never wrong. `key` is its place in
 * the ledger, where it has one; `status` the HTTP status of its last attempt, where it was just made and there was one.
 */
export class CallError extends SkillgraphError {
  readonly key: string | undefined;
  readonly status: number | undefined;

  constructor(message: string, options?: { cause?: unknown; key?: string; status?: number | undefined }) {
    super("call", message, options);
    this.key = options?.key;
    this.status = options?.status;
  }
}

/**
 * The provider is not available: a key that is refused, a model that does not exist, a server that is down, an account
 * without credit. Nothing can be concluded from it, so the run pauses. `status` is the HTTP status, where there was one.
 */
export class ProviderError extends SkillgraphError {
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number | undefined; cause?: unknown } = {}) {
    super("provider", message, options);
    this.status = options.status;
  }
}

/**
 * An operation failed on the machine that runs skillgraph: the disk is full, too many files are open, no process can be
 * started. It says nothing about a task, a skill or an answer, so the run pauses. `place` is the path or program, where known;
 * `hasBegun` says that an agent or a check was already running, so its cost is unknown. Made by `state/host-fault.ts`, and where the sandbox of a check fails.
 */
export class HostError extends SkillgraphError {
  readonly place: string | undefined;
  readonly hasBegun: boolean;

  constructor(message: string, options: { cause?: unknown; place?: string | undefined; hasBegun?: boolean } = {}) {
    super("host", message, options);
    this.place = options.place;
    this.hasBegun = options.hasBegun ?? false;
  }
}

/** A spending limit of the run (US dollars or minutes) is reached: it pauses, and continues under a larger limit. */
export class BudgetError extends SkillgraphError {
  constructor(message: string) {
    super("budget", message);
  }
}

/** A store that cannot be opened, read or written. `isHostFault`: because its disk is full, read-only or failing. */
export class StoreError extends SkillgraphError {
  readonly isHostFault: boolean;

  constructor(message: string, options: { cause?: unknown; isHostFault?: boolean } = {}) {
    super("store", message, options);
    this.isHostFault = options.isHostFault ?? false;
  }
}

/** Whether an error pauses the run: something the work needs is not available now, so nothing can be concluded from it. */
export function pausesRun(error: unknown): error is ProviderError | BudgetError | HostError | StoreError {
  if (error instanceof StoreError) return error.isHostFault;
  return error instanceof ProviderError || error instanceof BudgetError || error instanceof HostError;
}

/** A store that is no longer the one that was opened: removed, replaced, or restored to an earlier state. Nothing may be written to it. */
export class ReplacedError extends StoreError {}

/** A record that was changed since it was written, or is lost. `space` and `key` say which one. */
export class DamageError extends StoreError {
  readonly space: string;
  readonly key: string;

  constructor({ space, key, url }: { space: string; key: string; url: string }, problem = "damaged") {
    super(
      `The record "${key}" of "${space}" in ${url} is ${problem}. ` +
        "Restore the store from a backup, or branch the run from a generation before the damage.",
    );
    this.space = space;
    this.key = key;
  }
}

export type RunProblem =
  | "missing"
  | "exists"
  | "owned"
  | "fenced"
  | "changed"
  | "generation"
  | "needed"
  | "place"
  | "moved";

/** A run that does not exist, is owned by a live process, or is in a state in which the request is not possible. */
export class RunError extends SkillgraphError {
  readonly problem: RunProblem;
  readonly run: string;

  constructor(problem: RunProblem, run: string, message: string, options?: { cause?: unknown }) {
    super("run", message, options);
    this.problem = problem;
    this.run = run;
  }
}

/** A node returned an update that the run state has no channel for. */
export class StateError extends SkillgraphError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("state", message, options);
  }
}
