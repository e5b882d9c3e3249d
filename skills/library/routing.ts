import type { SkillFolder } from "../folder.ts";
import { createRetriever, descriptionOf } from "./retrieval.ts";

/** From this share of its own score on, another skill is mistaken for the one that a description is of [R]. */
const leastShare = 0.8;

/** The name and description of `skill` fit `other` nearly as well, or better. */
export interface Collision {
  readonly skill: string;
  readonly other: string;
  /** The score of the other for this description, divided by that of the skill itself; above 1, the other is retrieved first. */
  readonly share: number;
}

/** The skills that retrieval confuses: of each the other one that fits its name and description best, the worst first. */
export function collisionsIn(skills: readonly SkillFolder[]): Collision[] {
  const retriever = createRetriever(skills);
  const found = skills.flatMap((skill, at): Collision[] => {
    const description = descriptionOf(skill);
    if (description === "") return [];
    const scores = retriever.scores(`${skill.name}\n${description}`);
    const own = scores[at] as number;
    const most = scores.reduce((best, score, place) => (place === at ? best : Math.max(best, score)), 0);
    const other = skills[scores.findIndex((score, place) => place !== at && score === most)];
    if (other === undefined || most === 0 || most < leastShare * own) return [];
    return [{ skill: skill.name, other: other.name, share: most / own }];
  });
  return found.toSorted((one, other) => other.share - one.share || (one.skill < other.skill ? -1 : 1));
}
