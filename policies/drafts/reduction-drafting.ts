import { z } from "zod";
import type { Drafting } from "../drafting.ts";
import type { Learned, MemoryTable } from "../policy.ts";

/** What a reduced draft says of itself in its origin: its part, the parts before it in which there was nothing to shorten, and tokens of the main file. */
const ReducedFeatures = z.looseObject({
  part: z.string(),
  passed: z.array(z.string()),
  before: z.int().nonnegative(),
  after: z.int().nonnegative(),
});

/** A part, and the tokens of its main file before and after, where it became shorter. */
const Finished = z.strictObject({ part: z.string(), tokens: z.tuple([z.int(), z.int()]).nullable() });

/** Parts that are finished, and the one that was turned down, with how often. */
const Progress = z.strictObject({
  done: z.array(Finished),
  again: z.strictObject({ part: z.string(), tries: z.int().positive() }).nullable(),
});

type Progress = z.infer<typeof Progress>;

/** Names of two parts of each skill of a library of 2,000. */
const maxBytes = 1_000_000;

/**
 * Shortens a program part by part: of each skill the description, then the body. A body that the gate turns down is tried again with what instructs most
 * back in it: half of what would leave, then three quarters, up to `retries` times (SkillReducer's self-correcting loop, arXiv 2603.29919 [S]; it
 * returns what failed lines of a rubric need, and its cap is not published: both are ours [R]). Other parts that are turned down stay as they were.
 */
export function reductionDrafting({ retries }: { retries: number }): Drafting {
  return {
    name: `drafting.reduction ${retries}`,
    version: 1,
    memory: {
      schema: Progress,
      start: { done: [], again: null },
      maxBytes,
      learn: (memory, record) => progressAfter(Progress.parse(memory), record, retries),
    },
    decide(_, memory) {
      const { done, again } = Progress.parse(memory);
      const kept = again === null ? {} : { kept: { part: again.part, share: 1 - 0.5 ** again.tries } };
      return { kind: "reduced", done: done.map(({ part }) => part), ...kept };
    },
    describe: (memory) => tableOf(Progress.parse(memory)),
  };
}

function progressAfter(known: Progress, { candidate, verdict, evidence }: Learned, retries: number): Progress {
  const reduced = ReducedFeatures.safeParse(candidate?.origin.features).data;
  if (reduced === undefined) return known;
  const { part, passed, before, after } = reduced;
  const done = [...known.done, ...passed.map((each) => ({ part: each, tokens: null }))];
  // What was measured and not decided is measured again.
  if (!verdict.decided && evidence !== null) return { ...known, done };
  const tries = (known.again?.part === part ? known.again.tries : 0) + 1;
  const isAgain = !verdict.accepted && evidence !== null && part.endsWith("/body") && tries <= retries;
  if (isAgain) return { done, again: { part, tries } };
  return { done: [...done, { part, tokens: verdict.accepted ? [before, after] : null }], again: null };
}

function tableOf({ done, again }: Progress): MemoryTable {
  const rows = done.map(({ part, tokens }) =>
    tokens === null ? [part, "as it was", "", ""] : [part, "shorter", ...tokens],
  );
  const waiting = again === null ? [] : [[again.part, `turned down, ${again.tries} so far`, "", ""]];
  return {
    title: "Parts of the skills, and tokens of their main files",
    columns: ["part", "state", "before", "after"],
    texts: 2,
    rows: [...rows, ...waiting],
  };
}
