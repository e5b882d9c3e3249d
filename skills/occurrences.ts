/**
 * Where a text holds another that is not empty, also where two places overlap, in order. Takes time linear in both (Knuth, Morris and
 * Pratt 1977): `indexOf` of the engine takes the product of the two where they repeat themselves.
 */
export function* occurrencesOf(wanted: string, text: string): Generator<number> {
  const border = bordersOf(wanted);
  let matched = 0;
  for (let at = 0; at < text.length; at += 1) {
    while (matched > 0 && text.charCodeAt(at) !== wanted.charCodeAt(matched)) matched = border[matched - 1] as number;
    if (text.charCodeAt(at) === wanted.charCodeAt(matched)) matched += 1;
    if (matched < wanted.length) continue;
    yield at - wanted.length + 1;
    matched = border[matched - 1] as number;
  }
}

/** For each beginning of a text the length of its longest end, but for itself, with which the text begins. */
function bordersOf(text: string): Uint32Array {
  const border = new Uint32Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (length > 0 && text.charCodeAt(at) !== text.charCodeAt(length)) length = border[length - 1] as number;
    if (text.charCodeAt(at) === text.charCodeAt(length)) length += 1;
    border[at] = length;
  }
  return border;
}
