import { describe, expect, test } from "vitest";
import { createModelReducer } from "../../../analysts/language-model/reducer.ts";
import { itemsOf } from "../../../skills/reduction/items.ts";
import { atWork, modelOf, mute, textOfRequest, type Script } from "./setup.ts";

const listed = [
  { name: "mail", description: "Sorts mail." },
  { name: "bills", description: "Pays bills." },
];
const items = itemsOf("# Mail\n\n## Why\n\nMail is old.\n\n## Rules\n\n- Sort it.\n");

async function ask(script: Script) {
  const { model, requests } = modelOf(script);
  const reducer = createModelReducer({ model });
  const { value, told } = await atWork(async () => [
    await reducer.route(["a letter", "a poem"], listed),
    await reducer.classify(items),
  ]);
  return { value, told, requests };
}

describe("a model that reduces skills", () => {
  test("says which skill each question leads to, and what each paragraph is", async () => {
    const { value, told, requests } = await ask({
      Routing: () => ({ skills: ["mail", null] }),
      "Kinds of paragraphs": () => ({ kinds: ["background", "core_rule"] }),
    });
    expect([value, told]).toEqual([
      [
        ["mail", null],
        ["background", "core_rule"],
      ],
      [],
    ]);
    const [routing, kinds] = requests.map(textOfRequest);
    expect(routing).toMatch(/Sorts mail\.[^]*Pays bills\.[^]*a letter[^]*a poem/);
    expect(kinds).toMatch(/2 paragraphs[^]*Mail > Why[^]*Mail is old\.[^]*Mail > Rules[^]*Sort it\./);
  });

  test("concludes nothing from a reply that is missing, too short, or names a skill that is not there", async () => {
    for (const script of [
      { Routing: mute, "Kinds of paragraphs": mute },
      { Routing: () => ({ skills: ["mail"] }), "Kinds of paragraphs": () => ({ kinds: ["background"] }) },
      {
        Routing: () => ({ skills: ["mail", "letters"] }),
        "Kinds of paragraphs": () => ({ kinds: ["core_rule", "poem"] }),
      },
    ]) {
      const { value, told } = await ask(script);
      expect([value, told.length]).toEqual([[null, null], 2]);
    }
  });
});
