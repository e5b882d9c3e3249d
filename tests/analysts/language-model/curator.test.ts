import { describe, expect, test } from "vitest";
import { createModelCurator } from "../../../analysts/language-model/curation/curator.ts";
import { PartError } from "../../../state/errors.ts";
import { minimalSkill } from "../../../skills/minimal.ts";
import { atWork, modelOf, mute, rollOutOn, sorter, textOfRequest, type Script } from "./setup.ts";

const skill = sorter("Lamps are `lights`.");
const library = [skill, minimalSkill("bills", "Pays bills.")];
const insert = { tool: "insert", name: "lamps", newName: null, description: "About lamps.", body: "Look." };
const good = { abstraction: 10, reusability: 10, actionability: 6, faithfulness: 4 };

async function work(script: Script, guidance?: string) {
  const { model, requests } = modelOf(script);
  const curator = createModelCurator({ model });
  const rollouts = await rollOutOn(skill);
  const budget = { edits: 3, ...(guidance === undefined ? {} : { guidance }) } as never;
  const { value, told } = await atWork(async () => [
    await curator.curate({ deficiencies: [], skills: library, rollouts, budget }),
    await curator.judgeContent([skill], rollouts),
  ]);
  return { value, told, texts: requests.map(textOfRequest) };
}

describe("a model that curates a library", () => {
  test("makes calls from what the agent did, whether it failed or not, and what earlier ones were worth", async () => {
    const { value, told, texts } = await work(
      { Curation: () => ({ reason: "lamps", calls: [insert] }), "Quality of skills": () => good },
      "revision 1 of this episode: kept",
    );
    expect([value, told]).toEqual([[[insert], 0.75], []]);
    const [curation, quality] = texts;
    expect(curation).toMatch(/<name>bills<\/name>[^]*Lamps are `lights`[^]*the lamp is broken[^]*a tap again[^]*kept/);
    // Only what was seen is shown whole.
    expect(curation).not.toContain("Purpose: Pays bills.");
    expect(curation).toContain("at most 3");
    expect(quality).toMatch(/Lamps are `lights`[^]*the lamp is broken/);
  });

  test("concludes nothing from replies that are missing or have another form", async () => {
    for (const script of [
      { Curation: mute, "Quality of skills": mute },
      {
        Curation: () => ({ reason: "", calls: [{ ...insert, tool: "burn" }] }),
        "Quality of skills": () => ({ ...good, abstraction: 11 }),
      },
    ]) {
      const { value, told } = await work(script);
      expect([value, told.length]).toEqual([[null, null], 2]);
    }
  });

  test("ends the run where its model says nothing twice in a row", async () => {
    const { model } = modelOf({ Curation: mute });
    const curator = createModelCurator({ model });
    const request = { deficiencies: [], skills: library, rollouts: [], budget: { edits: 1 } as never };
    await atWork(() => curator.curate(request));
    await expect(atWork(() => curator.curate(request))).rejects.toThrow(PartError);
  });
});
