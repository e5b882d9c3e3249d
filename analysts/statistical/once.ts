/** What is made for a key, made once; beyond `most` keys it begins anew. */
export function once<Key, Made>(kept: Map<Key, Made>, key: Key, make: () => Made, most = Infinity): Made {
  const old = kept.get(key);
  if (old !== undefined) return old;
  const made = make();
  if (kept.size >= most) kept.clear();
  kept.set(key, made);
  return made;
}
