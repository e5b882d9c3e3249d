/** What libsql and other drivers give for a blob; null for a value that damage has turned into none. */
export type Bytes = ArrayBuffer | Uint8Array | null;

/**
 * Text is read as bytes and decoded here: libsql ends the whole process where damage made text of a database invalid UTF-8. What
 * cannot be decoded becomes U+FFFD, and the checksum of the record tells that it is damaged.
 */
export function textOf(bytes: Bytes): string {
  if (bytes === null) return "";
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("utf8");
}
