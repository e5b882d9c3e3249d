import type { RunnableConfig } from "@langchain/core/runnables";
import { IterableReadableStream } from "@langchain/core/utils/stream";
import { isCommand } from "@langchain/langgraph";
import type { Drive } from "../../graphs/parts.ts";
import type { Run } from "../cycle/run.ts";

/** A way to have a run stream its graph for somebody else. */
interface Tap {
  drive: Drive;
  /** What the graph streams; ends when the run has let go of its lease, with the run's error where it failed. */
  chunks: IterableReadableStream<unknown>;
  connect(run: Run): void;
}

/** Takes what a run streams. Input other than a command is the run's own. */
export function createTap(given: unknown, options: RunnableConfig): Tap {
  let controller: ReadableStreamDefaultController<unknown>;
  let isRead = true;
  let pause = () => {};
  const chunks = new IterableReadableStream<unknown>({
    start: (opened) => void (controller = opened),
    cancel() {
      isRead = false;
      // Nobody reads any more: what is in flight is saved.
      pause();
    },
  });
  return {
    chunks,
    drive: {
      isAddressed: isCommand(given) || typeof options.configurable?.["checkpoint_id"] === "string",
      async stream(start, open) {
        for await (const chunk of await open(isCommand(given) ? given : start, options))
          if (isRead) controller.enqueue(chunk);
      },
    },
    connect(run) {
      pause = () => run.pause();
      run.result().then(
        () => isRead && controller.close(),
        (error: unknown) => isRead && controller.error(error),
      );
    },
  };
}
