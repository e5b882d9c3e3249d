/** What a trial found. `problems` is empty where everything promised was kept; `figures` are what the docs print. */
export interface Finding {
  figures: Record<string, string>;
  problems: string[];
}

export interface TrialOptions {
  /** How much of the whole trial, in 0..1, to try it out. */
  share: number;
  /** Files go here. */
  folder: string;
  /** Told after each step of the trial how many of all are done. */
  progress(done: number, total: number): void;
}

export interface Trial {
  /** The acceptance test of the design it measures, such as T7. */
  id: string;
  name: string;
  /** What is done to how many runs, in words. */
  what: string;
  run(options: TrialOptions): Promise<Finding>;
  /** The same with LangGraph's own savers, by what they are and how they were used. What they promise is not ours to check. */
  langgraph?: Record<string, (options: TrialOptions) => Promise<Finding["figures"]>>;
}

/** As many as a share of the whole trial asks for, at least one. */
export function shareOf(count: number, share: number): number {
  return Math.max(1, Math.round(count * share));
}
