import { describe, expect, test } from "vitest";
import { draw } from "../../../state/draw.ts";
import { attempt, misprinted } from "../../support/foreign/attempt.ts";
import { doors, readers } from "../../support/foreign/readers.ts";
import { textKinds, writeHostile } from "../../support/foreign/texts.ts";

/** The short form of `npm run chaos -- foreign-text`, which also measures. */
describe("a hostile text", () => {
  test.each(textKinds.map((kind, seed) => [kind, seed] as const))(
    "of %s is taken or refused by all that read it, and is printed so that nothing of it steers the terminal",
    async (kind, seed) => {
      for (const size of [1, 7, 3_000 ** draw(seed, 0, "size", 0)]) {
        const text = writeHostile(kind, size, seed);
        expect(misprinted(text)).toBeUndefined();
        const broken = await Promise.all(
          Object.keys(readers).map(async (name) => [name, await attempt(name, text)] as const),
        );
        expect(broken.filter(([, { end }]) => end === "broken")).toEqual([]);
      }
    },
  );

  test.each(doors.filter((door) => /^(reply|edit|answer)/.test(door)))(
    "is refused by its length where it comes in: %s",
    async (door) => {
      const text = writeHostile("one letter, one other", 1_100_000, 1);
      expect(await attempt(door, text)).toMatchObject({ end: door.startsWith("edit, its") ? "taken" : "refused" });
    },
  );
});
