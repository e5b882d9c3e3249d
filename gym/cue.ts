/** What a directive waits for: the trigger of a rule, a mark that often comes with one, or the number of a single case. */
export type CueKind = "trigger" | "mark" | "case";
export type Cue = `${CueKind} ${string}`;

export function cueOf(kind: CueKind, word: string): Cue {
  return `${kind} ${word}`;
}

/** The kind and the word of a cue. */
export function partsOfCue(cue: Cue): { kind: CueKind; word: string } {
  const space = cue.indexOf(" ");
  return { kind: cue.slice(0, space) as CueKind, word: cue.slice(space + 1) };
}
