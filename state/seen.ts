import { StateError } from "./errors.ts";

/** The tasks of a bitmap made by `withSeen`: indices, ascending. */
export function seenIndices(bitmap: string): number[] {
  const bytes = Buffer.from(bitmap, "base64");
  return [...bytes].flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => at * 8 + bit),
  );
}

/** The bitmap with more tasks in it. It only grows. */
export function withSeen(bitmap: string, size: number, indices: readonly number[]): string {
  const bytes = Buffer.alloc(Math.ceil(size / 8));
  Buffer.from(bitmap, "base64").copy(bytes);
  const outside = indices.find((index) => index >= size);
  if (outside !== undefined) throw new StateError(`Task ${outside} is not among the ${size} tasks of the suite.`);
  for (const index of indices) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  return bytes.toString("base64");
}
