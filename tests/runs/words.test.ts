import { expect, test } from "vitest";
import { sourcesOfNew } from "../../runs/sources.ts";
import { evidenceText } from "../../runs/words.ts";
import { gepa } from "../../graphs/recipes/gepa.ts";
import { parseSettings } from "../../state/settings.ts";

test("evidence in words says what was repaired and broken only where something was compared", () => {
  const counts = { asked: 3, planned: 4, fixed: 2, broken: 0, missing: 1 };
  expect(evidenceText(counts)).toBe("2 repaired, 0 broken, 1 missing, 3 of 4 tasks");
  expect(evidenceText({ ...counts, fixed: null, broken: null, missing: 0 })).toBe("3 of 4 tasks");
  expect(evidenceText(null)).toBeUndefined();
});

test("a setting of a recipe that nobody gave is a default, also where whoever starts the run passes all settings on", () => {
  const settings = parseSettings({ merges: 3 }, gepa);
  const sources = { merges: { from: "flag" as const, place: "--set" } };
  const found = sourcesOfNew({ settings, sources }, settings);
  expect(found).toMatchObject({ merges: { from: "flag" }, front: { from: "default" }, members: { from: "default" } });
  expect(sourcesOfNew({ settings: { merges: 3 } }, settings)).toMatchObject({
    merges: { from: "code" },
    front: { from: "default" },
  });
});
