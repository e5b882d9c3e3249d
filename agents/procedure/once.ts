/** What is made for a key, made once, by whoever asks first; beyond `most` the oldest go. */
export function once<Key, Made>(kept: Map<Key, Made>, key: Key, make: (key: Key) => Made, most = Infinity): Made {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make(key);
  if (kept.size >= most) kept.delete(kept.keys().next().value as Key);
  kept.set(key, made);
  return made;
}
