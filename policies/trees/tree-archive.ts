import { memberOf } from "../../state/archive.ts";
import { bestAccepted, headArchive, type Archive, type OpenMeasured } from "../archive.ts";
import { isTreePhase } from "./task-types.ts";

/**
 * In the first phase the head alone. In the phase of a type also the nodes of its tree: its root, and every candidate since that something was decided on,
 * better or not (MASA, arXiv 2605.30723 [S]). An accepted one becomes the head.
 */
export const treeArchive: Archive = {
  name: "archive.tree",
  version: 1,
  update(input, memory, draw) {
    const { archive, measured, generation, episode = null } = input;
    if (episode === null || !isTreePhase(episode)) return headArchive.update(input, memory, draw);
    const { winner, verdicts } = bestAccepted(measured);
    const head = winner?.candidate.program ?? archive.head;
    const root = episode.from ?? archive.head;
    const before = archive.members
      .filter((member) => member.program === root || member.generation > generation - episode.step)
      .map(({ program }) => program);
    const isJoining = ({ candidate, verdict }: OpenMeasured) =>
      verdict.decided && memberOf(archive.members, candidate.program) === undefined;
    const joining = measured.filter(isJoining).map(({ candidate }) => candidate.program);
    return {
      keep: [...new Set([...before, ...joining, head])],
      head,
      verdicts: measured.map((one, index) => {
        const verdict = verdicts[index] ?? one.verdict;
        if (one === winner || !isJoining(one)) return verdict;
        return { ...verdict, accepted: true, reason: `joined the tree: ${verdict.reason}` };
      }),
    };
  },
};
