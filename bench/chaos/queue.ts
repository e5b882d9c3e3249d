import { stormWorkers } from "../../tests/support/workers/worker-storm.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";
import { wholeDigest } from "./whole.ts";

export const queue: Trial = {
  id: "T5q",
  name: "queue",
  what: "runs with three workers: workers are killed or stopped for 7.5 s, Redis is killed, the run is lost and resumed; 10 runs",
  async run({ share, folder, progress }): Promise<Finding> {
    const digest = await wholeDigest(folder);
    const count = shareOf(10, share);
    const problems: string[] = [];
    const dealt = { kill: 0, stop: 0, restart: 0, move: 0 };
    let same = 0;
    let again = 0;
    for (let seed = 0; seed < count; seed += 1) {
      const stormed = await stormWorkers(seed, folder);
      for (const blow of Object.keys(dealt) as Array<keyof typeof dealt>) dealt[blow] += stormed.dealt[blow];
      again += stormed.paidAgain.length;
      if (stormed.result.digest === digest) same += 1;
      else problems.push(`run ${seed} ended in ${stormed.result.status} with another digest`);
      progress(seed + 1, count);
    }
    if (again > 0) problems.push(`${again} acknowledged calls paid again`);
    const figures = {
      "the same digest": `${same} of ${count} runs`,
      "workers killed": `${dealt.kill}`,
      "workers stopped": `${dealt.stop}`,
      "Redis killed": `${dealt.restart}`,
      "runs lost and resumed": `${dealt.move}`,
      "acknowledged calls paid again": `${again}`,
    };
    return { figures, problems };
  },
};
