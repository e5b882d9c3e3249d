import { describe, expect, test } from "vitest";
import { trainedGenerator } from "../../../policies/advantages/generator.ts";
import { armProbabilities } from "../../../policies/advantages/softmax-policy.ts";
import type { Alternative } from "../../../policies/drafting.ts";
import { longestEpisode } from "../../../policies/episodes/episodes.ts";
import { revisionOf } from "../../../policies/episodes/revision.ts";
import { learnAll, recall } from "../../../policies/policy.ts";
import { createDraw } from "../../../state/draw.ts";
import { StateError } from "../../../state/errors.ts";
import type { EpisodeRecord } from "../../../state/evidence.ts";
import type { Json } from "../../../state/json.ts";
import { candidateOf, hashOf, recordOf, settingsOf } from "../records.ts";

const settings = settingsOf();
const options = { alternatives: 3, gamma: 1, frozen: false, rate: 1, steps: 4, clip: 0.2, kl: 0.05 };
const alternative = (operator: string): Alternative => ({
  operators: [operator],
  edits: ["append"],
  size: 0.5,
  deficiency: { defect: "missing", severity: "high", share: 0.5 },
});
/** The proposer puts the operator that pays last. */
const offered = ["add", "narrow", "prune"].map(alternative);

type Generator = ReturnType<typeof trainedGenerator>;
const memoryOf = (generator: Generator, memories: Record<string, Json>) =>
  recall(generator, memories) as { weights: Record<string, number>; chain: unknown[]; trained: number };

/** A generation in which the generator chose among what is offered, and prune alone helps. */
function generation(generator: Generator, memories: Record<string, Json>, at: number, length = 4) {
  const draw = createDraw(7, at, "choice");
  const { chosen, extra } = generator.choose!(offered, recall(generator, memories), draw);
  const helps = offered[chosen]!.operators[0] === "prune";
  const [before, after] = [[0, 0, 1, 0], helps ? [1, 1, 0, 1] : [0, 0, 0, 1]];
  const step = ((at - 1) % length) + 1;
  const episode: EpisodeRecord = {
    number: Math.ceil(at / length),
    step,
    tuned: false,
    tasks: [],
    best: hashOf("best"),
    score: null,
    revision: revisionOf([{ before, after }], { lambda: 0.5 }),
    end: step === length ? "length" : null,
    later: [],
    curation: null,
  };
  const record = recordOf({ generation: at, candidate: candidateOf("made", { extra }), episode });
  return { chosen, extra, memories: learnAll([generator], memories, record, settings) };
}

function play(generator: Generator, generations: number) {
  let memories: Record<string, Json> = {};
  const chosen: string[] = [];
  for (let at = 1; at <= generations; at += 1) {
    const played = generation(generator, memories, at);
    ({ memories } = played);
    chosen.push(offered[played.chosen]!.operators[0]!);
  }
  return { memories, chosen };
}

describe("the trained generator", () => {
  test("learns to prefer the operator that pays, against the order of the proposer", () => {
    const generator = trainedGenerator(options);
    const { memories, chosen } = play(generator, 240);
    const { weights, trained } = memoryOf(generator, memories);
    expect(trained).toBe(60);
    expect(weights["operator prune"]).toBeGreaterThan(0.2);
    expect(weights["operator prune"]).toBeGreaterThan(weights["operator add"]!);
    const share = (part: string[]) => part.filter((operator) => operator === "prune").length / part.length;
    expect(share(chosen.slice(-60))).toBeGreaterThan(share(chosen.slice(0, 60)) + 0.2);
  });

  test("does not learn where it is frozen: it stays the reference, which prefers what comes first", () => {
    const generator = trainedGenerator({ ...options, frozen: true });
    const { memories, chosen } = play(generator, 120);
    expect(memoryOf(generator, memories)).toMatchObject({ weights: { order: 3 }, trained: 0 });
    expect(chosen.filter((operator) => operator === "add").length).toBeGreaterThan(70);
  });

  test("learns at the end of an episode alone, and stores the weights with nine digits at most", () => {
    const generator = trainedGenerator(options);
    const { memories } = play(generator, 3);
    expect(memoryOf(generator, memories)).toMatchObject({ weights: { order: 3 }, trained: 0 });
    expect(memoryOf(generator, memories).chain).toHaveLength(3);
    const after = memoryOf(generator, generation(generator, memories, 4).memories);
    expect(after).toMatchObject({ chain: [], trained: 1 });
    for (const weight of Object.values(after.weights)) expect(Number(weight.toFixed(9))).toBe(weight);
  });

  test("notes with what probability it chose, by features that tell the drafts apart", () => {
    const generator = trainedGenerator(options);
    const { chosen, extra } = generator.choose!(offered, recall(generator, {}), () => 0);
    expect(chosen).toBe(0);
    const { arms, probability } = extra["choice"] as { arms: Array<Record<string, number>>; probability: number };
    expect(arms[1]).toEqual({ order: 0.5, "operator narrow": 1, "missing: operator narrow": 1 });
    expect(probability).toBeCloseTo(armProbabilities({ order: 3 }, arms)[0]!, 9);
  });

  test("chooses the only draft there is", () => {
    const generator = trainedGenerator(options);
    const choice = generator.choose!([alternative("add")], recall(generator, {}), () => 0.9);
    expect(choice).toEqual({ chosen: 0, extra: { choice: { arms: [{}], chosen: 0, probability: 1 } } });
  });

  test("stays within its memory in the longest episodes with the most alternatives, whatever operators are called", () => {
    const generator = trainedGenerator({ ...options, alternatives: 4 });
    let memories: Record<string, Json> = {};
    for (let at = 1; at <= 40 * longestEpisode; at += 1) {
      const drafts = Array.from({ length: 4 }, (_, place): Alternative => ({
        operators: [`${at}-${place}-${"x".repeat(60)}`, `${at}-${place}-${"y".repeat(60)}`],
        edits: (["insert-before", "insert-after", "replace", "delete", "append"] as const).slice(place),
        size: place / 7,
        deficiency: {
          defect: (["missing", "insufficient", "incorrect"] as const)[place % 3]!,
          severity: "low",
          share: place / 9,
        },
      }));
      const { extra } = generator.choose!(drafts, recall(generator, memories), createDraw(1, at, "choice"));
      const step = ((at - 1) % longestEpisode) + 1;
      const episode: EpisodeRecord = {
        number: Math.ceil(at / longestEpisode),
        step,
        tuned: false,
        tasks: [],
        best: hashOf("best"),
        score: null,
        revision: { before: 0, after: 1, inter: 1, better: 0.5, worse: 0 },
        end: step === longestEpisode ? "length" : null,
        later: [],
        curation: null,
      };
      const record = recordOf({ generation: at, candidate: candidateOf("made", { extra }), episode });
      memories = learnAll([generator], memories, record, settings);
    }
    expect(memoryOf(generator, memories).trained).toBe(40);
  });

  test("refuses weights that are no number, and leaves what it had learned", () => {
    const generator = trainedGenerator({ ...options, rate: 1e10 });
    const { memories } = play(trainedGenerator(options), 3);
    const before = structuredClone(memories);
    expect(() => generation(generator, memories, 4)).toThrow(StateError);
    expect(() => generation(generator, memories, 4)).toThrow("Take a smaller rate");
    expect(memories).toEqual(before);
  });
});
