import { describe, expect, test } from "vitest";
import { z } from "zod";
import { sha256, type Hash } from "../../../state/json.ts";
import { createJsonReader } from "../../../stores/payload/json-reader.ts";

/** A reader over texts of so many characters each, and the hashes it asked for, in order. */
function readerOver(count: number, characters: number) {
  const texts = Array.from({ length: count }, (_, at) => JSON.stringify(String(at).padEnd(characters)));
  const byHash = new Map(texts.map((text) => [sha256(text), text]));
  const asked: Hash[] = [];
  const read = createJsonReader({
    url: "memory:",
    blobs: {
      async get(hash) {
        asked.push(hash);
        return Buffer.from(byHash.get(hash) as string);
      },
    },
  });
  return { read: (at: number) => read([...byHash.keys()][at] as Hash, Text), asked };
}

const Text = z.string();
const all = (count: number) => Array.from({ length: count }, (_, at) => at);

describe("parsed values of the payload", () => {
  test("are read once, as many as the columns of a full archive", async () => {
    const { read, asked } = readerOver(64, 20_000);
    for (const round of [1, 2, 3]) for (const at of all(64)) expect(await read(at), `round ${round}`).toMatch(`${at}`);
    expect(asked).toHaveLength(64);
  });

  test("are forgotten beyond a number of bytes, the one that was used longest ago first", async () => {
    const megabyte = 1024 * 1024;
    const { read, asked } = readerOver(20, megabyte);
    for (const at of all(15)) await read(at);
    await read(0);
    for (const at of [15, 16]) await read(at);
    await read(0);
    expect(asked).toHaveLength(17);
    await read(1);
    expect(asked).toHaveLength(18);
  });

  test("are kept whatever their size where they were used last", async () => {
    const { read, asked } = readerOver(4, 8 * 1024 * 1024);
    for (let round = 0; round < 3; round += 1) for (const at of all(4)) await read(at);
    expect(asked).toHaveLength(4);
  });
});
