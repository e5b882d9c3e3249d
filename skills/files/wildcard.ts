/** Whether a name matches a pattern in which `*` is any text and `?` any character. Time is at most the product of their lengths. */
export function matchesWildcard(name: string, pattern: string): boolean {
  let [at, place] = [0, 0];
  let star = -1;
  let retry = 0;
  while (at < name.length) {
    if (pattern[place] === "*") {
      star = place;
      retry = at;
      place += 1;
    } else if (place < pattern.length && (pattern[place] === "?" || pattern[place] === name[at])) {
      at += 1;
      place += 1;
    } else if (star === -1) {
      return false;
    } else {
      place = star + 1;
      retry += 1;
      at = retry;
    }
  }
  while (pattern[place] === "*") place += 1;
  return place === pattern.length;
}
