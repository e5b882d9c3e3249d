import { afterAll, expect, test } from "vitest";
import { replaceStore, replacements } from "../../support/durability/attacks/replaced.ts";
import { temporaryFolder } from "../../support/stores.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

test.each(Object.keys(replacements))("a run whose store is %s says so, ends, and writes no more", async (name) => {
  for (const atCommit of [3, 30]) {
    const { end, ...found } = await replaceStore(name, { folder: folder.path, atCommit });
    expect(end).toMatch(
      /^The store file:.* (was removed|was replaced by another file|was overwritten) while .* Restore the store/,
    );
    expect({ atCommit, ...found }).toEqual({ atCommit, commitsAfter: 0, isKept: true });
  }
});
