/** Whether a text has half a character: UTF-8 cannot hold it, so bytes made of such a text say something else. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
