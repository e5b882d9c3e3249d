import { cpuSince } from "../clocked-analyst.ts";
import type { EvolArm } from "./arms.ts";
import { learnControl } from "./controls.ts";
import { figuresOf, type Figures } from "./figures.ts";
import { learnBy } from "./learner.ts";
import { createStream, type StreamOptions } from "./stream.ts";

/** One arm in one world, as plain JSON: what a process of its own can be sent. */
export interface EvolJob {
  stream: StreamOptions;
  learner: EvolArm;
}

export interface EvolFigures {
  figures: Figures;
  /** Seconds of CPU, of learning and of judging. */
  cpu: { learning: number; judging: number };
}

export async function evolve({ stream: options, learner }: EvolJob): Promise<EvolFigures> {
  const stream = createStream(options);
  const began = process.cpuUsage();
  const isControl = "control" in learner;
  const learned = await (isControl
    ? learnControl(learner.control, stream, options)
    : learnBy(learner, stream, options));
  const learning = cpuSince(began) / 1000;
  const from = process.cpuUsage();
  const figures = await figuresOf(learned, stream, { seed: options.world, canRetire: !isControl });
  return { figures: rounded(figures), cpu: { learning, judging: cpuSince(from) / 1000 } };
}

/** Six places: more would only make the file longer. */
function rounded(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, value === null ? null : Number(value.toFixed(6))]),
  );
}
