import { stormWorkers } from "../../tests/support/workers/worker-storm.ts";
import { shareOf, type Finding, type Trial } from "./trial.ts";

const hosts = 16;

export const queue: Trial = {
  id: "T5q",
  name: "queue",
  what: "runs, four at a time, with 16 workers, each on a host of its own: workers are killed, stopped or cut off, clocks step by up to a day, Redis is killed, runs are lost and resumed; 200 runs",
  async run({ share, folder, progress }): Promise<Finding> {
    const runs = shareOf(200, share);
    const onRun = (done: number) => progress(done, runs);
    const stormed = await stormWorkers({ seed: 17, runs, hosts, lanes: 4, between: 30, isApart: true, folder, onRun });
    const { dealt } = stormed;
    const figures = {
      hosts: `${hosts} ${stormed.kind}`,
      "the same digest": `${stormed.same} of ${runs} runs`,
      "workers killed": `${dealt.kill}`,
      stopped: `${dealt.stop}`,
      "cut off": `${dealt.cut}`,
      "clocks that stepped": `${dealt.clock}`,
      "Redis killed": `${dealt.restart}`,
      "runs lost and resumed": `${dealt.move}`,
      calls: `${stormed.executions}`,
      "acknowledged calls paid again": `${stormed.paidAgain}`,
    };
    return { figures, problems: stormed.problems };
  },
};
