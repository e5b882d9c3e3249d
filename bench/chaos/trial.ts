/** What a trial found. `problems` is empty where everything promised was kept; `figures` are what the docs print. */
export interface Finding {
  figures: Record<string, string>;
  problems: string[];
}

export interface Trial {
  /** The acceptance test of the design it measures, such as T7. */
  id: string;
  name: string;
  /** What is done to how many runs, in words. */
  what: string;
  /** A whole trial, or a share of it in 0..1 for trying it out. Files go to the folder. */
  run(options: { share: number; folder: string }): Promise<Finding>;
}

/** As many as a share of the whole trial asks for, at least one. */
export function shareOf(count: number, share: number): number {
  return Math.max(1, Math.round(count * share));
}
