import fc from "fast-check";
import { expect, test } from "vitest";
import { createPhraseTest, readMessage, type Message } from "../../agents/procedure/message.ts";
import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import { createStembook, listStems } from "../../analysts/statistical/traits/stems.ts";
import { applyEdits } from "../../skills/edits.ts";
import { textOf } from "../../skills/folder.ts";
import { minimalSkill } from "../../skills/minimal.ts";
import { budgetOf, rollOut, times } from "./rollouts.ts";

const words = [
  "rate",
  "rates",
  "rated",
  "ratio",
  "card",
  "cards",
  "there",
  "thermos",
  "u8800",
  "u8860",
  "12345",
  "12399",
];
const texts = fc.array(
  fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 5 }).map((some) => some.join(" ")),
  { minLength: 1, maxLength: 8 },
);

function stemsOf(messages: readonly Message[], book = createStembook()): Map<string, readonly number[]> {
  const list = listStems(messages, book);
  return new Map(
    list.traits.map(({ clause }, trait) => [
      ("phrases" in clause ? clause.phrases : []).join(),
      [...list.holders.subarray(list.starts[trait], list.starts[trait + 1])],
    ]),
  );
}

const heldBy = (messages: readonly Message[], phrase: string): number[] => {
  const holds = createPhraseTest(phrase);
  return messages.flatMap((message, place) => (holds(message) ? [place] : []));
};

test("a stem is what words of several messages begin with, where no longer one and no word holds for the same messages", () => {
  fc.assert(
    fc.property(texts, (inputs) => {
      const messages = inputs.map(readMessage);
      const tokens = [...new Set(messages.flatMap((message) => message.tokens))].filter((token) =>
        /^\p{L}/u.test(token),
      );
      const starts = new Set(tokens.flatMap((token) => [...token].map((_, last) => token.slice(0, last + 1))));
      const expected = [...starts].filter((start) => {
        const held = heldBy(messages, `${start}*`);
        const longer = [...starts].filter((other) => other.length > start.length && other.startsWith(start));
        const isSaid = [start, ...longer.map((other) => `${other}*`)].some(
          (other) => heldBy(messages, other).length === held.length,
        );
        // "the" begins "there" too, which says nothing of a subject.
        return start.length >= 3 && held.length >= 2 && !isSaid && !["the", "ther", "there"].includes(start);
      });
      const stems = stemsOf(messages);
      expect([...stems.keys()].toSorted()).toEqual(expected.map((start) => `${start}*`).toSorted());
      for (const [stem, held] of stems) expect(held).toEqual(heldBy(messages, stem));
    }),
  );
});

test("what a book has read before changes no list", () => {
  fc.assert(
    fc.property(texts, texts, (before, now) => {
      const book = createStembook();
      stemsOf(before.map(readMessage), book);
      const messages = now.map(readMessage);
      expect([...stemsOf(messages, book)].toSorted()).toEqual([...stemsOf(messages)].toSorted());
    }),
  );
});

test("a rule made of forms of a word answers for forms that were not seen", async () => {
  const skills = [minimalSkill("desk", "Sorts messages.")];
  const seen = ["exchange it", "all exchanges", "is exchanging possible", "they exchanged it"];
  const tasks = [...seen.map((input): [string, string] => [input, "rates"]), ...times(6, "hello there", "other")];
  const analyst = createStatisticalAnalyst();
  const replay = await rollOut(skills, tasks, createProcedureAgent());
  const deficiencies = await analyst.diagnose(await analyst.analyze(replay, skills), skills, replay);
  const { drafts } = await analyst.propose(deficiencies, skills, replay, budgetOf(4));
  const [after] = applyEdits(skills, drafts[0]!.edits);
  expect(textOf(after!)).toContain('"exchang*"');
  const [answered] = await rollOut([after!], [["an exchanger", "rates"]], createProcedureAgent());
  expect(answered!.score?.value).toBe(1);
});
