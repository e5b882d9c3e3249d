import { describe, expect, test } from "vitest";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";

const policiesWith = (settings: SettingsInput) => () => hillClimb.policies(parseSettings(settings, hillClimb));

const acceptances = ["strict", "no-worse", "tolerant", "repairs", "paired", "race", "annealed", "optimistic", "always"];
const terms: Array<[string, unknown, string[]]> = [
  ["band", 0.02, ["tolerant"]],
  ["margin", 2, ["repairs"]],
  ["mostBroken", 1, ["repairs", "paired"]],
  ["alpha", 0.05, ["paired"]],
  ["leastGain", 0.05, ["paired"]],
  ["mostLoss", 0.01, ["paired"]],
  ["inconclusive", "ask", ["paired"]],
  ["temperature", 0.1, ["annealed"]],
];

describe("a setting without effect", () => {
  test.each(terms)("%s is refused with an acceptance that does not have it", (term, value, users) => {
    for (const acceptance of acceptances) {
      const make = policiesWith({ acceptance, [term]: value } as SettingsInput);
      if (users.includes(acceptance)) expect(make).not.toThrow();
      else expect(make).toThrow(`The setting "${term}" has no effect with "acceptance": "${acceptance}".`);
    }
  });

  test.each<[SettingsInput, string]>([
    [{ acceptance: "always", combine: "fusion", candidates: 3 }, "combine"],
    [{ acceptance: "always", attribution: "halves" }, "attribution"],
    [{ acceptance: "strict", mostParts: 8 }, "mostParts"],
    [{ attribution: "none", mostParts: 8 }, "mostParts"],
  ])("%j is refused", (settings, path) => {
    expect(policiesWith(settings)).toThrow(SettingsError);
    expect(policiesWith(settings)).toThrow(`The setting "${path}" has no effect`);
  });

  test.each<SettingsInput>([
    { acceptance: "always" },
    { mostParts: 8 },
    { acceptance: "strict", attribution: "leave-one-out", mostParts: 8 },
    { acceptance: "strict", band: 0.01 },
  ])("%j is taken", (settings) => expect(policiesWith(settings)).not.toThrow());
});

test("parts of rejected candidates are screened by acceptances that want a gain and go through the failures first", () => {
  const screening = acceptances.filter((acceptance) => {
    if (acceptance === "always") return false;
    const { trial } = policiesWith({ acceptance, attribution: "halves" } as SettingsInput)();
    return trial.name.includes("screened");
  });
  expect(screening).toEqual(["strict", "tolerant", "repairs", "optimistic"]);
});
