/**
 * A smallest part of a list that still passes: taking any single item out of it makes it fail (1-minimal), though another part may be shorter.
 * Delta debugging as in the textbook: chunks alone, then all but one chunk, then finer chunks (ddmin of Zeller and Hildebrandt [S]; SkillReducer, arXiv
 * 2603.29919, uses it for descriptions [P]). Items keep their order. A list that does not pass as a whole is returned as it is. No part is tested twice.
 */
export async function ddmin<Item>(
  items: readonly Item[],
  passes: (part: readonly Item[]) => Promise<boolean>,
): Promise<Item[]> {
  const known = new Map<string, boolean>();
  const test = async (places: readonly number[]) => {
    const key = places.join(" ");
    const result = known.get(key) ?? (await passes(places.map((place) => items[place] as Item)));
    known.set(key, result);
    return result;
  };
  let kept = [...items.keys()];
  if (!(await test(kept))) return [...items];
  let chunks = 2;
  while (kept.length > 1) {
    const parts = cut(kept, chunks);
    const alone = await first(parts, test);
    const rest = alone ?? (await first(chunks === 2 ? [] : parts.map((part) => without(kept, part)), test));
    if (rest === undefined) {
      if (chunks >= kept.length) break;
      chunks = Math.min(2 * chunks, kept.length);
      continue;
    }
    chunks = alone === undefined ? Math.max(chunks - 1, 2) : 2;
    kept = [...rest];
  }
  return kept.map((place) => items[place] as Item);
}

async function first<Part>(parts: readonly Part[], test: (part: Part) => Promise<boolean>): Promise<Part | undefined> {
  for (const part of parts) if (await test(part)) return part;
  return undefined;
}

/** Into so many pieces of about the same size. */
function cut(places: readonly number[], chunks: number): number[][] {
  const at = (chunk: number) => Math.round((chunk * places.length) / chunks);
  return Array.from({ length: chunks }, (_, chunk) => places.slice(at(chunk), at(chunk + 1)));
}

function without(places: readonly number[], part: readonly number[]): number[] {
  const out = new Set(part);
  return places.filter((place) => !out.has(place));
}
