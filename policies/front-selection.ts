import { z } from "zod";
import { mainObjective, type ArchiveView, type OpenMember } from "../state/archive.ts";
import { permutation, type Draw } from "../state/draw.ts";
import type { Hash } from "../state/json.ts";
import { weightedChoice } from "./draws/weighted-choice.ts";
import { frontFrequencies, type Fronts } from "./fronts/front-frequency.ts";
import { frontsOf, type FrontKind } from "./fronts/instance-fronts.ts";
import type { Parents, Selection } from "./selection.ts";

/** How fronts choose parents. */
export interface FrontSelection {
  front: FrontKind;
  /** How many merges a run tries at most; 0 for none. */
  merges: number;
  /** Whether the best member always has weight, which is ours [R]. Default true. */
  keepsBest?: boolean;
}

/** Merges tried so far, as ancestor and parents, and whether one is due: after a generation whose candidate was kept. */
const Merges = z.strictObject({ isDue: z.boolean(), tried: z.array(z.string()) });

/** Merges that can be remembered. */
export const mostMerges = 50;

/** How often a merge is looked for before the generation edits instead [C]. */
const attempts = 10;

/**
 * GEPA's parents (arXiv 2507.19457, gepa 0.1.4 [C]): a member drawn by how many fronts it is on, once those that are redundant are taken
 * out; with `keepsBest` the best member never loses all of its weight (ours [R], gepa issue #432). After a generation whose candidate was kept, two
 * members of the fronts with a common ancestor that is no better than either are merged, once for each three.
 */
export function frontSelection({ front, merges, keepsBest = true }: FrontSelection): Selection {
  const name = `selection.fronts ${front}${merges > 0 ? " merging" : ""}${keepsBest ? "" : " as published"}`;
  return {
    name,
    version: 1,
    ...(merges === 0
      ? {}
      : {
          memory: {
            schema: Merges,
            start: { isDue: false, tried: [] },
            maxBytes: 12_000,
            learn(memory, { parents, candidate, verdict }) {
              const { tried } = Merges.parse(memory);
              const isMerge = parents.length === 2;
              const ancestor = candidate?.extra["ancestor"];
              return {
                isDue: verdict.accepted && !isMerge,
                tried: isMerge && typeof ancestor === "string" ? [...tried, mergeKey({ parents, ancestor })] : tried,
              };
            },
          },
        }),
    decide({ archive }, memory, draw) {
      const weights = frontFrequencies(frontsIn(front, archive), { keepsBest });
      if (merges > 0) {
        const { isDue, tried } = Merges.parse(memory);
        const triple = isDue && tried.length < merges ? mergeOf(archive, { weights, tried, draw }) : undefined;
        if (triple !== undefined) return triple;
      }
      const parent = archive.members[weightedChoice(weights, draw(0))] as OpenMember;
      return { parents: [parent.program], ancestor: null };
    },
  };
}

/** The fronts of an archive. Members that were not measured yet are on none. */
function frontsIn(kind: FrontKind, { members }: Pick<ArchiveView, "members">): Fronts {
  const size = Math.max(0, ...members.map(({ values }) => values[mainObjective]?.length ?? 0));
  const objectives = [...new Set(members.flatMap(({ means }) => Object.keys(means)))].toSorted();
  const compared = members.map(({ values, means }) => ({
    scores: Array.from({ length: size }, (_, place) => values[mainObjective]?.[place] ?? null),
    objectives: objectives.map((objective) => means[objective] ?? null),
  }));
  return { fronts: frontsOf(kind, compared), means: members.map(({ means }) => means[mainObjective] ?? null) };
}

interface Merging {
  weights: readonly number[];
  tried: readonly string[];
  draw: Draw;
}

/** What says which merge it was. */
export function mergeKey({ parents, ancestor }: { parents: readonly Hash[]; ancestor: Hash | null }): string {
  return [ancestor ?? "", ...parents.toSorted()].map((hash) => hash.slice(0, 16)).join("+");
}

function mergeOf({ members }: ArchiveView, { weights, tried, draw }: Merging): Parents | undefined {
  const onFront = members.filter((_, index) => (weights[index] as number) > 0);
  const pairs = onFront.flatMap((one, index) => onFront.slice(index + 1).map((other) => [one, other] as const));
  const order = permutation(pairs.length, (index) => draw(1 + index)).slice(0, attempts);
  for (const index of order) {
    const [one, other] = pairs[index] as readonly [OpenMember, OpenMember];
    const [above, aboveOther] = [ancestorsOf(one, members), ancestorsOf(other, members)];
    if (above.has(other.program) || aboveOther.has(one.program)) continue;
    const least = Math.min(scoreOf(one), scoreOf(other));
    const common = members.filter(
      (member) => above.has(member.program) && aboveOther.has(member.program) && scoreOf(member) <= least,
    );
    const fresh = common.filter(
      ({ program }) => !tried.includes(mergeKey({ parents: [one.program, other.program], ancestor: program })),
    );
    if (fresh.length === 0) continue;
    const isScored = fresh.some((member) => scoreOf(member) > 0);
    const chosen = isScored ? weightedChoice(fresh.map(scoreOf), draw(1 + pairs.length)) : 0;
    return { parents: [one.program, other.program], ancestor: (fresh[chosen] as OpenMember).program };
  }
  return undefined;
}

const scoreOf = ({ means }: OpenMember) => means[mainObjective] ?? 0;

/** All programs that a member comes from, as far as the archive knows them. */
function ancestorsOf(member: OpenMember, members: readonly OpenMember[]): Set<Hash> {
  const found = new Set<Hash>();
  const waiting = [...member.parents];
  for (let program = waiting.pop(); program !== undefined; program = waiting.pop()) {
    if (found.has(program)) continue;
    found.add(program);
    waiting.push(...(members.find((other) => other.program === program)?.parents ?? []));
  }
  return found;
}
