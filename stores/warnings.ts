/** What users of a store must know: records that were found damaged and what that costs, or what its server risks. */
export interface Warnings {
  /** Each text counts once. */
  add(text: string): void;
  /** All so far, oldest first. */
  all(): readonly string[];
  /** Calls back for each new one from now on, until the function it gives is called. */
  listen(onWarning: (text: string) => void): () => void;
}

export function createWarnings(first: readonly string[] = []): Warnings {
  const texts = new Set(first);
  const listeners = new Set<(text: string) => void>();
  return {
    add(text) {
      if (texts.has(text)) return;
      texts.add(text);
      for (const listener of listeners) listener(text);
    },
    all: () => [...texts],
    listen(onWarning) {
      listeners.add(onWarning);
      return () => listeners.delete(onWarning);
    },
  };
}
