import { bestAccepted, type Archive } from "../archive.ts";
import type { ArchiveView } from "../../state/archive.ts";
import type { Hash } from "../../state/json.ts";

/** The program that was checked last, the first member, and those since, oldest first; the last one is the head. */
export function stretchOf({ members, head }: ArchiveView): { checked: Hash; since: Hash[] } {
  const [checked = head, ...since] = members.map(({ program }) => program);
  return { checked, since };
}

/**
 * The program that was checked last, and the heads since (ours [R]). The accepted candidate with the largest difference becomes the head, checked where it was compared on all validation tasks; an
 * audit that passes leaves it alone, one that fails moves the head to the program that stands.
 */
export const stretchArchive: Archive = {
  name: "archive.stretch",
  version: 1,
  update({ archive, measured, audit }) {
    const { winner, verdicts } = bestAccepted(measured);
    const { checked, since } = stretchOf(archive);
    if (audit !== null && audit.stands !== null && audit.stands !== audit.program)
      return { keep: [audit.stands], head: audit.stands, verdicts };
    const head = winner?.candidate.program ?? archive.head;
    // Compared with the checked head on all validation tasks.
    if (audit === null && since.length === 0 && winner?.column != null) return { keep: [head], head, verdicts };
    if (audit?.stands === head || head === checked) return { keep: [head], head, verdicts };
    return { keep: [checked, ...since.filter((program) => program !== head), head], head, verdicts };
  },
  checked: ({ members }) => (members[0] as (typeof members)[number]).program,
};
