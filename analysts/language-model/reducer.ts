import { z } from "zod";
import { itemKinds } from "../../skills/reduction/items.ts";
import { tell } from "../../models/calls.ts";
import type { Reducer } from "../analyst.ts";
import { createAsker, type ModelNeeds } from "./ask.ts";
import { clip } from "./ladder.ts";

/** Asks a model which skill a question leads to, and what the paragraphs of a skill are (SkillReducer's simulated router and classifier, arXiv 2603.29919 [S]). One call each. */
export function createModelReducer(options: ModelNeeds): Required<Reducer> & { readonly fingerprint: string } {
  const asker = createAsker(options);
  return {
    fingerprint: asker.fingerprint,
    async route(questions, listed) {
      const names = listed.map(({ name }) => name) as [string, ...string[]];
      const reply = await asker.ask({
        prompt: "route",
        name: "routes",
        schema: z.strictObject({ skills: z.array(z.enum(names).nullable()).length(questions.length) }),
        fill: (limits, quote) => ({
          skills: listed.map(({ name, description }) => quote(name, clip(description, limits))).join("\n"),
          questions: questions.map((question, index) => quote(`task ${index + 1}`, clip(question, limits))).join("\n"),
        }),
      });
      if ("value" in reply) return reply.value.skills;
      tell(`the routes of ${questions.length} questions are missing: ${reply.missing}`);
      return null;
    },
    async classify(items) {
      const reply = await asker.ask({
        prompt: "classify-items",
        name: "kinds",
        schema: z.strictObject({ kinds: z.array(z.enum(itemKinds)).length(items.length) }),
        fill: (limits, quote) => ({
          count: String(items.length),
          items: items
            .map(({ titles, text }, index) =>
              quote(`paragraph ${index + 1}`, clip(`${titles.join(" > ")}\n\n${text}`, limits)),
            )
            .join("\n"),
        }),
      });
      if ("value" in reply) return reply.value.kinds;
      tell(`the kinds of ${items.length} paragraphs are missing: ${reply.missing}`);
      return null;
    },
  };
}
